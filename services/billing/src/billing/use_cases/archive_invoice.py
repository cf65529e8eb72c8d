"""An issued invoice is printed once, archived, and announced."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from billing.invoice_page import invoice_page
from billing.paper import invoice_html
from billing.settings import settings_of
from billing.store import invoices, ledger
from billing.store.invoices import Archived, IssuedInvoice
from chassis.database import Transaction
from chassis.runtime import Runtime
from portail_contracts.billing import InvoiceIssued

from .record_payment import use_credit
from .tell_balance import tell_balance

KIND = "invoice"


class NoPaper(LookupError):
    """There is no such invoice, or it was taken over from the former software."""


async def invoice_pdf(runtime: Runtime, invoice_id: UUID) -> Archived:
    """The archived bytes; an invoice that is still waiting is printed now. Raises NoPaper."""
    async with runtime.database.reading() as connection:
        kept = await invoices.archived(connection, KIND, invoice_id)
        html = None if kept else await _html(connection, invoice_id, runtime)
    if kept is not None:
        return kept
    if html is None:
        raise NoPaper("Cette facture n’a pas de document.")
    await keep(runtime, invoice_id, await runtime.documents.render(html))
    async with runtime.database.reading() as connection:
        kept = await invoices.archived(connection, KIND, invoice_id)
    if kept is None:
        raise NoPaper("Cette facture n’a pas de document.")
    return kept


async def _html(connection: AsyncConnection, invoice_id: UUID, runtime: Runtime) -> str | None:
    page = await invoice_page(connection, invoice_id, settings_of(runtime))
    if page is None or page.invoice.run_id is None:
        return None
    return invoice_html(page, runtime.shared.authority)


async def keep(runtime: Runtime, invoice_id: UUID, pdf: bytes) -> None:
    """Archive and announce, in one transaction; whoever comes second changes nothing."""
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        invoice = await invoices.find_invoice(transaction.connection, invoice_id)
        if invoice is not None:
            await _keep(transaction, invoice, pdf, now)


async def _keep(
    transaction: Transaction, invoice: IssuedInvoice, pdf: bytes, now: datetime
) -> None:
    connection = transaction.connection
    version = await ledger.lock_account(connection, invoice.family_id)
    if not await invoices.take_off(connection, invoice.invoice_id):
        return
    await invoices.archive(connection, KIND, invoice.invoice_id, invoice.family_id, pdf, now)
    transaction.record(
        InvoiceIssued(
            version=1,
            family_id=invoice.family_id,
            invoice_id=invoice.invoice_id,
            number=invoice.number,
            period=invoice.period,
            total_cents=invoice.total_cents,
            due_on=invoice.due_on,
            issued_at=now,
            payer_id=invoice.payer_id,
        )
    )
    await use_credit(transaction, invoice.family_id, invoice.payer_id, now)
    await tell_balance(transaction, invoice.family_id, version + 1)
