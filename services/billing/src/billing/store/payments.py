"""Payments: added, never changed; what they did is in the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.ledger import Account, Entry
from billing.domain.payments import Due, Method

from .tables import bounces, closings, invoices, ledger_entries, payments


@dataclass(frozen=True)
class Payment:
    """Money received from a family, or given back to it (`kind` refund)."""

    payment_id: UUID
    number: str
    cash_office: str
    year: int
    sequence: int
    family_id: UUID
    payer_id: UUID | None
    kind: str
    method: Method
    amount_cents: int
    received_on: date
    reference: str
    recorded_at: datetime
    recorded_by: str


async def add_payment(connection: AsyncConnection, payment: Payment) -> None:
    await connection.execute(insert(payments).values(**vars(payment)))


_COLUMNS = [payments.c[field.name] for field in fields(Payment)]


async def find_payment(connection: AsyncConnection, payment_id: UUID) -> Payment | None:
    chosen = select(*_COLUMNS).where(payments.c.payment_id == payment_id)
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else _payment(row)


def _payment(row: Any) -> Payment:
    return Payment(**{**row._mapping, "method": Method(row.method)})


async def last_closing(connection: AsyncConnection, cash_office: str) -> date | None:
    """The last day that was closed; nothing is received on it or before."""
    chosen = select(func.max(closings.c.day)).where(closings.c.cash_office == cash_office)
    found: date | None = (await connection.execute(chosen)).scalar_one()
    return found


async def dues_of(
    connection: AsyncConnection, family_id: UUID, payer_id: UUID | None
) -> Sequence[Due]:
    """What remains of a debtor's invoices that are not settled, oldest first."""
    remaining = func.sum(ledger_entries.c.amount_cents)
    chosen = (
        select(ledger_entries.c.invoice_id, remaining)
        .join(invoices, invoices.c.invoice_id == ledger_entries.c.invoice_id)
        .where(ledger_entries.c.family_id == family_id)
        .where(ledger_entries.c.payer_id.is_not_distinct_from(payer_id))
        .where(ledger_entries.c.account == Account.RECEIVABLE)
        .group_by(ledger_entries.c.invoice_id, invoices.c.issued_on, invoices.c.number)
        .having(remaining != 0)
        .order_by(invoices.c.issued_on, invoices.c.number)
    )
    return [Due(row[0], int(row[1])) for row in await connection.execute(chosen)]


async def credit_of(connection: AsyncConnection, family_id: UUID, payer_id: UUID | None) -> int:
    """What a debtor has in their favour and is not yet used, in cents; negative: lent in error."""
    chosen = (
        select(func.coalesce(func.sum(ledger_entries.c.amount_cents), 0))
        .where(ledger_entries.c.family_id == family_id)
        .where(ledger_entries.c.payer_id.is_not_distinct_from(payer_id))
        .where(ledger_entries.c.account == Account.RECEIVABLE)
        .where(ledger_entries.c.invoice_id.is_(None))
    )
    return -int((await connection.execute(chosen)).scalar_one())


async def entries_of(connection: AsyncConnection, source_id: UUID, kind: str) -> list[Entry]:
    chosen = select(
        ledger_entries.c.account, ledger_entries.c.amount_cents, ledger_entries.c.invoice_id
    ).where((ledger_entries.c.source_id == source_id) & (ledger_entries.c.kind == kind))
    return [Entry(Account(row[0]), row[1], row[2]) for row in await connection.execute(chosen)]


async def add_bounce(
    connection: AsyncConnection, payment_id: UUID, on: date, reason: str, by: str, at: datetime
) -> None:
    await connection.execute(
        insert(bounces).values(
            payment_id=payment_id, bounced_on=on, reason=reason, recorded_at=at, recorded_by=by
        )
    )


async def has_bounced(connection: AsyncConnection, payment_id: UUID) -> bool:
    chosen = select(bounces.c.payment_id).where(bounces.c.payment_id == payment_id)
    return (await connection.execute(chosen)).scalar_one_or_none() is not None


@dataclass(frozen=True)
class Received:
    """A payment in the journal of a day."""

    payment_id: UUID
    number: str
    kind: str
    method: str
    amount_cents: int
    received_on: date
    reference: str
    family_name: str
    bounced: bool
    deposited: bool


async def journal(
    connection: AsyncConnection, cash_office: str, first: date, last: date
) -> list[Received]:
    """What came in and went out from `first` to `last`, in the order of the receipts."""
    found = await connection.execute(
        text(
            """
            SELECT p.payment_id, p.number, p.kind, p.method, p.amount_cents, p.received_on,
                   p.reference, coalesce(f.name, '') AS family_name,
                   b.payment_id IS NOT NULL AS bounced, d.payment_id IS NOT NULL AS deposited
            FROM payments p LEFT JOIN families f USING (family_id)
            LEFT JOIN bounces b USING (payment_id) LEFT JOIN deposited d USING (payment_id)
            WHERE p.cash_office = :office AND p.received_on BETWEEN :first AND :last
            ORDER BY p.received_on, p.year, p.sequence
            """
        ),
        {"office": cash_office, "first": first, "last": last},
    )
    return [Received(**row._mapping) for row in found]


def totals_of(lines: Iterable[Received]) -> dict[str, int]:
    """Cents by method; what was given back is taken off."""
    totals: dict[str, int] = {}
    for line in lines:
        sign = 1 if line.kind == "payment" else -1
        totals[line.method] = totals.get(line.method, 0) + sign * line.amount_cents
    return totals
