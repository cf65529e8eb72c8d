"""« Relevé de compte »: what a family owed, paid and was given back, with its running balance."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from .sight import Sight


@dataclass(frozen=True)
class Movement:
    """One line of the statement; `amount_cents` is added to what is owed."""

    source_id: UUID
    kind: str
    occurred_on: date
    number: str
    detail: str
    amount_cents: int
    balance_cents: int


@dataclass(frozen=True)
class Wanted:
    """A family's statement, filtered; dates are inclusive."""

    sight: Sight
    first: date | None = None
    last: date | None = None
    kinds: tuple[str, ...] = ()
    newest_first: bool = True


# Credits that are moved from one invoice to another change nothing of what is owed.
MOVEMENTS = f"""
    SELECT m.*, sum(amount_cents) OVER (ORDER BY occurred_on, recorded_at, source_id, kind)::bigint
        AS balance_cents
    FROM (SELECT source_id, kind, occurred_on, min(recorded_at) AS recorded_at,
                 sum(amount_cents)::bigint AS amount_cents
          FROM ledger_entries
          WHERE family_id = :family AND account = 'receivable' AND kind <> 'credit_used'
            AND {Sight.SQL}
          GROUP BY posting_id, source_id, kind, occurred_on) m
"""

NAMED = f"""
    SELECT s.source_id, s.kind, s.occurred_on,
           coalesce(i.number, c.number, p.number, '') AS number,
           coalesce(i.period, c.reason, p.method, '') AS detail,
           s.amount_cents, s.balance_cents, s.recorded_at
    FROM ({MOVEMENTS}) s
    LEFT JOIN invoices i ON i.invoice_id = s.source_id
    LEFT JOIN credit_notes c ON c.credit_note_id = s.source_id
    LEFT JOIN payments p ON p.payment_id = s.source_id
    WHERE (CAST(:first AS date) IS NULL OR s.occurred_on >= :first)
      AND (CAST(:last AS date) IS NULL OR s.occurred_on <= :last)
      AND (:every OR s.kind = ANY(:kinds))
"""


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "family": wanted.sight.family_id,
        **wanted.sight.values,
        "first": wanted.first,
        "last": wanted.last,
        "kinds": list(wanted.kinds),
        "every": not wanted.kinds,
    }


async def page_of_movements(
    connection: AsyncConnection, wanted: Wanted, page: int, size: int
) -> tuple[list[Movement], int]:
    """With how many there are; the running balance counts what the filter hides."""
    order = "DESC" if wanted.newest_first else "ASC"
    found = await connection.execute(
        text(
            f"""
            SELECT t.*, count(*) OVER () AS total FROM ({NAMED}) t
            ORDER BY occurred_on {order}, recorded_at {order}, source_id {order}, kind {order}
            LIMIT :size OFFSET :skip
            """
        ),
        {**_values(wanted), "size": size, "skip": (page - 1) * size},
    )
    rows = found.all()
    return [_movement(row) for row in rows], int(rows[0].total) if rows else 0


def _movement(row: Any) -> Movement:
    return Movement(*row[:7])


async def movements(connection: AsyncConnection, wanted: Wanted, most: int) -> list[Movement]:
    """Oldest first, for paper and for files."""
    found, _ = await page_of_movements(
        connection, Wanted(**{**vars(wanted), "newest_first": False}), 1, most
    )
    return found
