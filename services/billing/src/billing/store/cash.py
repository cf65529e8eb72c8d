"""The cash office's day: deposits and closings."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import closings, deposited, deposits


async def to_deposit(connection: AsyncConnection, cash_office: str, method: str) -> list[UUID]:
    """Payments of a method that were not brought to the bank yet; their rows are not locked."""
    found = await connection.execute(
        text(
            """
            SELECT p.payment_id FROM payments p
            LEFT JOIN deposited d USING (payment_id) LEFT JOIN bounces b USING (payment_id)
            WHERE p.cash_office = :office AND p.method = :method AND p.kind = 'payment'
              AND d.payment_id IS NULL AND b.payment_id IS NULL
            ORDER BY p.year, p.sequence
            """
        ),
        {"office": cash_office, "method": method},
    )
    return list(found.scalars())


async def add_deposit(
    connection: AsyncConnection, deposit: dict[str, Any], payments: Sequence[UUID]
) -> None:
    await connection.execute(insert(deposits).values(**deposit))
    rows = [
        {"payment_id": payment_id, "deposit_id": deposit["deposit_id"]} for payment_id in payments
    ]
    await connection.execute(insert(deposited), rows)


async def find_deposit(
    connection: AsyncConnection, deposit_id: UUID
) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """The slip, and its payments in the order of their receipts."""
    chosen = select(deposits).where(deposits.c.deposit_id == deposit_id)
    row = (await connection.execute(chosen)).one_or_none()
    if row is None:
        return None
    found = await connection.execute(
        text(
            """
            SELECT p.number, p.reference, p.amount_cents, p.received_on,
                   coalesce(f.name, '') AS family_name
            FROM deposited d JOIN payments p USING (payment_id)
            LEFT JOIN families f USING (family_id)
            WHERE d.deposit_id = :deposit ORDER BY p.year, p.sequence
            """
        ),
        {"deposit": deposit_id},
    )
    return dict(row._mapping), [dict(payment._mapping) for payment in found]


async def day_totals(connection: AsyncConnection, cash_office: str, day: date) -> dict[str, int]:
    """Cents by method, refunds taken off."""
    found = await connection.execute(
        text(
            """
            SELECT method, sum(CASE kind WHEN 'payment' THEN amount_cents ELSE -amount_cents END)
            FROM payments WHERE cash_office = :office AND received_on = :day
            GROUP BY method ORDER BY method
            """
        ),
        {"office": cash_office, "day": day},
    )
    return {row[0]: int(row[1]) for row in found}


async def find_closing(
    connection: AsyncConnection, cash_office: str, day: date
) -> dict[str, Any] | None:
    chosen = select(closings).where(
        (closings.c.cash_office == cash_office) & (closings.c.day == day)
    )
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else dict(row._mapping)


async def add_closing(
    connection: AsyncConnection,
    cash_office: str,
    day: date,
    totals: dict[str, int],
    by: str,
    at: datetime,
) -> None:
    await connection.execute(
        insert(closings).values(
            cash_office=cash_office, day=day, totals=totals, closed_at=at, closed_by=by
        )
    )
