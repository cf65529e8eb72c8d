"""Overdue invoices and the reminders already sent."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import reminders


@dataclass(frozen=True)
class Overdue:
    """An invoice that is late, and the last step of reminding it."""

    invoice_id: UUID
    family_id: UUID
    payer_id: UUID | None
    payer_name: str
    family_name: str
    number: str
    due_on: date
    remaining_cents: int
    step: int
    last_sent_at: datetime | None
    has_plan: bool


OVERDUE = """
    SELECT i.invoice_id, i.family_id, i.payer_id,
           CASE WHEN i.payer_id IS NULL THEN '' ELSE coalesce(i.debtor->>'name', '') END,
           coalesce(f.name, '') AS family_name, i.number,
           i.due_on, e.remaining::bigint AS remaining_cents, coalesce(r.step, 0) AS step, r.sent_at,
           EXISTS (SELECT FROM instalments p WHERE p.family_id = i.family_id
                   AND p.payer_id IS NOT DISTINCT FROM i.payer_id
                   AND p.due_on >= :today) AS has_plan
    FROM invoices i
    JOIN (SELECT invoice_id, sum(amount_cents) AS remaining FROM ledger_entries
          WHERE account = 'receivable' AND invoice_id IS NOT NULL GROUP BY 1
          HAVING sum(amount_cents) > 0) e USING (invoice_id)
    LEFT JOIN families f ON f.family_id = i.family_id
    LEFT JOIN LATERAL (SELECT step, sent_at FROM reminders
                       WHERE invoice_id = i.invoice_id ORDER BY step DESC LIMIT 1) r ON true
    WHERE i.due_on < :today
"""


async def overdue(connection: AsyncConnection, today: date) -> list[Overdue]:
    """Oldest first."""
    found = await connection.execute(
        text(f"{OVERDUE} ORDER BY i.due_on, i.number"), {"today": today}
    )
    return [_overdue(row) for row in found]


def _overdue(row: Any) -> Overdue:
    return Overdue(*row)


@dataclass(frozen=True)
class Reminder:
    """One step of reminding an invoice."""

    reminder_id: UUID
    invoice_id: UUID
    family_id: UUID
    step: int
    remaining_cents: int
    sent_at: datetime
    sent_by: str


async def add_reminder(connection: AsyncConnection, reminder: Reminder) -> bool:
    """False when that step was sent already."""
    statement = upsert(reminders).values(**vars(reminder))
    kept = statement.on_conflict_do_nothing().returning(reminders.c.reminder_id)
    return (await connection.execute(kept)).scalar_one_or_none() is not None


async def find_reminder(connection: AsyncConnection, reminder_id: UUID) -> Reminder | None:
    chosen = select(reminders).where(reminders.c.reminder_id == reminder_id)
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else Reminder(**row._mapping)
