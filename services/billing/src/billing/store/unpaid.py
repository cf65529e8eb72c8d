"""Families with an invoice that is past its day of payment."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.ledger import Account

from .tables import invoices, ledger_entries


async def families_that_owe(connection: AsyncConnection, today: date) -> list[UUID]:
    """Each once; what an invoice still asks for is the sum of its entries."""
    overdue = (
        select(invoices.c.family_id)
        .join(ledger_entries, ledger_entries.c.invoice_id == invoices.c.invoice_id)
        .where(ledger_entries.c.account == Account.RECEIVABLE, invoices.c.due_on < today)
        .group_by(invoices.c.invoice_id, invoices.c.family_id)
        .having(func.sum(ledger_entries.c.amount_cents) > 0)
        .subquery()
    )
    chosen = select(overdue.c.family_id).distinct().order_by(overdue.c.family_id)
    return list((await connection.execute(chosen)).scalars())
