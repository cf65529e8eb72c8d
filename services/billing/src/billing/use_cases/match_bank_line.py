"""Staff say which invoice a line of the bank's file pays."""

from datetime import datetime
from uuid import UUID

from billing.domain.payments import Method
from billing.store import bank, invoices
from billing.store.payments import Payment, find_payment
from chassis.database import Transaction
from chassis.identifiers import new_id

from .issue_credit_note import UnknownInvoice
from .record_payment import Money, UnknownPayment, record_payment


async def match_bank_line(
    transaction: Transaction,
    bank_line_id: UUID,
    invoice_id: UUID,
    cash_office: str,
    by: str,
    now: datetime,
) -> Payment:
    """The payment that the line became; matching it again answers the same.

    It is of the invoice's cash office; `cash_office` is for those of the former software.
    The invoice is paid first, what is left goes to the oldest others. Raises UnknownPayment,
    UnknownInvoice, DayClosed.
    """
    connection = transaction.connection
    line = await bank.lock_bank_line(connection, bank_line_id)
    if line is None:
        raise UnknownPayment("Cette ligne de banque n’existe pas.")
    if line.payment_id is not None:
        known = await find_payment(connection, line.payment_id)
        if known is not None:
            return known
    invoice = await invoices.find_invoice(connection, invoice_id)
    if invoice is None:
        raise UnknownInvoice("Cette facture n’existe pas.")
    money = Money(
        payment_id=new_id(),
        family_id=invoice.family_id,
        payer_id=invoice.payer_id,
        cash_office=invoice.cash_office or cash_office,
        method=Method.TRANSFER,
        amount_cents=line.amount_cents,
        received_on=line.booked_on,
        reference=line.label[:120],
        by=by,
        first=invoice_id,
    )
    payment = await record_payment(transaction, money, now)
    await bank.match(connection, bank_line_id, payment.payment_id)
    return payment
