"""A family pays an invoice online, when a payment service is set up."""

from datetime import datetime, timedelta
from uuid import UUID

from billing.domain.payments import Method
from billing.paying import (
    Detail,
    NotPayable,
    Operation,
    Outcome,
    PaymentPort,
    PaymentUnavailable,
    plain_reference,
)
from billing.settings import Settings
from billing.store.invoices import IssuedInvoice, find_invoice
from billing.store.online import (
    Attempt,
    add_attempt,
    conclude,
    find_attempt,
    lock_attempt,
    newest_attempt,
)
from billing.store.payments import last_closing
from chassis.clock import local_date
from chassis.database import Database, Transaction
from chassis.identifiers import new_id

from .record_payment import Money, record_payment

STATES = {Outcome.PAID: "paid", Outcome.REFUSED: "refused", Outcome.ABANDONED: "abandoned"}


async def begin_payment(
    database: Database, settings: Settings, invoice: IssuedInvoice, email: str, now: datetime
) -> str:
    """The address to send the family to. Raises NotPayable, PaymentUnavailable."""
    port = settings.payment_port()
    if invoice.remaining_cents <= 0:
        raise NotPayable("Cette facture est déjà réglée.")
    operation = Operation(
        reference=invoice.number,
        amount_cents=invoice.remaining_cents,
        subject=f"Facture {invoice.number}",
        email=email,
        return_url=settings.return_url(invoice.invoice_id),
    )
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


async def outcome_of(
    database: Database, settings: Settings, invoice_id: UUID, now: datetime
) -> str:
    """What became of the newest attempt to pay an invoice, asked of the treasury if need be.

    `none` when there was none; `pending` also while the treasury cannot say.
    """
    async with database.reading() as connection:
        attempt = await newest_attempt(connection, invoice_id)
    if attempt is None or attempt.state != "pending":
        return "none" if attempt is None else attempt.state
    try:
        return await hear_of_payment(database, settings, attempt.id_op, now)
    except PaymentUnavailable:
        return "pending"


async def hear_of_payment(database: Database, settings: Settings, id_op: str, now: datetime) -> str:
    """What became of the operation; a notification is only a hint, the detail is asked for.

    However often it is heard, it is one payment. Raises PaymentUnavailable.
    """
    port = settings.payment_port()
    async with database.reading() as connection:
        known = await find_attempt(connection, id_op)
    if known is None or known.state != "pending":
        return "unknown" if known is None else known.state
    # Asked before anything is locked: the treasury may take its time.
    detail = await _detail(port, known)
    async with database.transaction() as transaction:
        attempt = await lock_attempt(transaction.connection, id_op)
        if attempt is None or attempt.state != "pending":
            return "unknown" if attempt is None else attempt.state
        if detail.outcome is Outcome.PAID:
            await _receive(transaction, attempt, detail, settings, now)
        else:
            await conclude(transaction.connection, attempt.attempt_id, state=STATES[detail.outcome])
    return STATES[detail.outcome]


async def _detail(port: PaymentPort, attempt: Attempt) -> Detail:
    """What is not of this operation, or not of what was asked, is not taken for it."""
    detail = await port.detail(attempt.id_op)
    if detail.id_op != attempt.id_op:
        raise PaymentUnavailable("the detail is of another operation")
    if detail.outcome is Outcome.PAID and detail.amount_cents != attempt.amount_cents:
        raise PaymentUnavailable("another amount than was asked")
    return detail


async def _receive(
    transaction: Transaction, attempt: Attempt, detail: Detail, settings: Settings, now: datetime
) -> None:
    """Raises PaymentUnavailable for the reference of another invoice."""
    connection = transaction.connection
    invoice = await find_invoice(connection, attempt.invoice_id)
    if invoice is None or plain_reference(invoice.number) != detail.reference:
        raise PaymentUnavailable("the detail is of another invoice")
    office = invoice.cash_office or settings.cash_offices[0].code
    closed = await last_closing(connection, office)
    today = local_date(now)
    money = Money(
        payment_id=new_id(),
        family_id=attempt.family_id,
        payer_id=invoice.payer_id,
        cash_office=office,
        method=Method.CARD,
        amount_cents=detail.amount_cents,
        # The treasury does not wait for a cash office that is closed today.
        received_on=today if closed is None or closed < today else closed + timedelta(days=1),
        reference=attempt.id_op,
        by="Paiement en ligne",
        first=attempt.invoice_id,
    )
    payment = await record_payment(transaction, money, now)
    await conclude(connection, attempt.attempt_id, state="paid", payment_id=payment.payment_id)
