"""Paying online, when a contract is set; without one every door says that it is not available."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from billing.settings import settings_of
from billing.store import invoices
from billing.store.invoices import IssuedInvoice
from billing.use_cases.issue_credit_note import UnknownInvoice
from billing.use_cases.pay_online import begin_payment, hear_of_payment, outcome_of
from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf

from .invoices import is_own
from .payment_schemas import Heard, NotificationBody, OnlineBody, Redirect

router = APIRouter()

Family = Annotated[Principal, allow(Audience.FAMILY)]


@router.post("/v1/me/invoices/{invoice_id}/online-payment")
async def pay(
    invoice_id: UUID, body: OnlineBody, principal: Family, runtime: RuntimeOf
) -> Redirect:
    """Where to go to pay; one invoice per payment."""
    invoice = await _own(runtime, invoice_id, principal)
    now = runtime.clock.now()
    url = await begin_payment(runtime.database, settings_of(runtime), invoice, body.email, now)
    return Redirect(url=url, amount_cents=invoice.remaining_cents)


@router.post("/v1/me/invoices/{invoice_id}/online-payment/outcome")
async def outcome(invoice_id: UUID, principal: Family, runtime: RuntimeOf) -> Heard:
    """For the page that a family comes back to: it need not wait for the notification."""
    invoice = await _own(runtime, invoice_id, principal)
    settings, now = settings_of(runtime), runtime.clock.now()
    settings.payment_port()
    state = await outcome_of(runtime.database, settings, invoice.invoice_id, now)
    return Heard(state=state)


@router.post("/v1/payment-notifications", dependencies=[allow(Audience.ANYONE)])
async def notified(body: NotificationBody, runtime: RuntimeOf) -> Heard:
    """The treasury's hint, from whoever sends it: only what its own server answers counts."""
    settings, now = settings_of(runtime), runtime.clock.now()
    return Heard(state=await hear_of_payment(runtime.database, settings, body.id_op, now))


async def _own(runtime: Runtime, invoice_id: UUID, principal: Principal) -> IssuedInvoice:
    async with runtime.database.reading() as connection:
        invoice = await invoices.find_invoice(connection, invoice_id)
    if invoice is None or not await is_own(runtime, invoice, principal):
        raise UnknownInvoice("Cette facture n’existe pas.")
    return invoice
