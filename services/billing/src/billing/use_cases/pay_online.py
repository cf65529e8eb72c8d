"""A family pays an invoice online, when a payment service is set up."""

from datetime import datetime
from uuid import UUID

from billing.domain.payments import Method
from billing.paying import Detail, NotPayable, Operation, Outcome, PaymentPort, PaymentUnavailable
from billing.store.invoices import IssuedInvoice, find_invoice
from billing.store.online import Attempt, add_attempt, conclude, lock_attempt
from chassis.clock import local_date
from chassis.database import Database, Transaction
from chassis.identifiers import new_id

from .record_payment import Money, record_payment


async def begin_payment(
    database: Database, port: PaymentPort, invoice: IssuedInvoice, email: str, now: datetime
) -> str:
    """The address to send the family to. Raises NotPayable, PaymentUnavailable."""
    if invoice.remaining_cents <= 0:
        raise NotPayable("Cette facture est déjà réglée.")
    subject = f"Facture {invoice.number}"
    operation = Operation(invoice.number, invoice.remaining_cents, subject, email)
    id_op, address = await port.begin(operation)
    attempt = Attempt(
        attempt_id=new_id(),
        id_op=id_op,
        family_id=invoice.family_id,
        invoice_id=invoice.invoice_id,
        amount_cents=invoice.remaining_cents,
        state="pending",
        payment_id=None,
        begun_at=now,
    )
    async with database.transaction() as transaction:
        await add_attempt(transaction.connection, attempt)
    return address


async def hear_of_payment(
    database: Database, port: PaymentPort, id_op: str, cash_office: str, now: datetime
) -> str:
    """What became of the operation; a notification is only a hint, the detail is asked for.

    However often it is heard, it is one payment. Raises PaymentUnavailable.
    """
    async with database.transaction() as transaction:
        attempt = await lock_attempt(transaction.connection, id_op)
        if attempt is None or attempt.state != "pending":
            return "unknown" if attempt is None else attempt.state
        detail = await port.detail(id_op)
        if detail.outcome is Outcome.PAID:
            await _receive(transaction, attempt, detail, cash_office, now)
            return "paid"
        state = "refused" if detail.outcome is Outcome.REFUSED else "abandoned"
        await conclude(transaction.connection, attempt.attempt_id, state=state)
        return state


async def _receive(
    transaction: Transaction, attempt: Attempt, detail: Detail, cash_office: str, now: datetime
) -> UUID:
    """The amount is the treasury's; one that is not what was asked is not taken for it."""
    if detail.amount_cents != attempt.amount_cents or detail.id_op != attempt.id_op:
        raise PaymentUnavailable("the detail is of another operation")
    invoice = await find_invoice(transaction.connection, attempt.invoice_id)
    money = Money(
        payment_id=new_id(),
        family_id=attempt.family_id,
        payer_id=None if invoice is None else invoice.payer_id,
        cash_office=cash_office,
        method=Method.CARD,
        amount_cents=detail.amount_cents,
        received_on=local_date(now),
        reference=attempt.id_op,
        by="Paiement en ligne",
        first=attempt.invoice_id,
    )
    payment = await record_payment(transaction, money, now)
    await conclude(
        transaction.connection, attempt.attempt_id, state="paid", payment_id=payment.payment_id
    )
    return payment.payment_id
