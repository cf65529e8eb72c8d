"""Lines of bank files, and what they may be payments of."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.identifiers import new_id

from .tables import bank_lines


async def add_bank_line(connection: AsyncConnection, line: dict[str, Any], at: datetime) -> bool:
    """False when the same line was imported before."""
    statement = upsert(bank_lines).values(bank_line_id=new_id(), imported_at=at, **line)
    kept = statement.on_conflict_do_nothing().returning(bank_lines.c.bank_line_id)
    return (await connection.execute(kept)).scalar_one_or_none() is not None


@dataclass(frozen=True)
class Suggestion:
    """A bank line that waits, and the invoice that it most likely pays."""

    bank_line_id: UUID
    booked_on: date
    amount_cents: int
    label: str
    invoice_id: UUID | None
    number: str | None
    family_id: UUID | None
    family_name: str | None
    remaining_cents: int | None
    why: str | None


async def waiting_lines(connection: AsyncConnection, most: int = 200) -> list[Suggestion]:
    """A number in the label wins, then a name with the right amount, then the amount alone.

    A suggestion is made only when it is the only one of its strength.
    """
    found = await connection.execute(
        text(
            """
            WITH unpaid AS (
                SELECT i.invoice_id, i.number, i.family_id, f.name, e.cents
                FROM (SELECT invoice_id, sum(amount_cents)::bigint AS cents FROM ledger_entries
                      WHERE account = 'receivable' AND invoice_id IS NOT NULL GROUP BY 1
                      HAVING sum(amount_cents) > 0) e
                JOIN invoices i USING (invoice_id) LEFT JOIN families f USING (family_id)
            )
            SELECT b.bank_line_id, b.booked_on, b.amount_cents, b.label, s.invoice_id, s.number,
                   s.family_id, s.name, s.cents, s.why
            FROM bank_lines b LEFT JOIN LATERAL (
                SELECT * FROM (
                    SELECT u.*, k.why, k.strength, count(*) OVER (PARTITION BY k.strength) AS twins
                    FROM unpaid u CROSS JOIN LATERAL (SELECT
                        CASE WHEN strpos(upper(b.label), upper(u.number)) > 0 THEN 'number'
                             WHEN u.name <> '' AND u.cents = b.amount_cents
                                  AND strpos(upper(b.label), upper(u.name)) > 0 THEN 'name'
                             WHEN u.cents = b.amount_cents THEN 'amount' END AS why,
                        CASE WHEN strpos(upper(b.label), upper(u.number)) > 0 THEN 1
                             WHEN u.name <> '' AND u.cents = b.amount_cents
                                  AND strpos(upper(b.label), upper(u.name)) > 0 THEN 2
                             WHEN u.cents = b.amount_cents THEN 3 END AS strength) k
                    WHERE k.why IS NOT NULL
                ) c ORDER BY strength LIMIT 1
            ) s ON s.twins = 1
            WHERE b.payment_id IS NULL ORDER BY b.booked_on, b.bank_line_id LIMIT :most
            """
        ),
        {"most": most},
    )
    return [_suggestion(row) for row in found]


def _suggestion(row: Any) -> Suggestion:
    return Suggestion(*row)


async def lock_bank_line(connection: AsyncConnection, line_id: UUID) -> Any | None:
    chosen = select(bank_lines).where(bank_lines.c.bank_line_id == line_id).with_for_update()
    return (await connection.execute(chosen)).one_or_none()


async def match(connection: AsyncConnection, line_id: UUID, payment_id: UUID) -> None:
    await connection.execute(
        update(bank_lines).where(bank_lines.c.bank_line_id == line_id).values(payment_id=payment_id)
    )
