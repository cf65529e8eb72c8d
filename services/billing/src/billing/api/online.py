"""Paying online, when a contract is set; without one every door says that it is not available."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from billing.settings import settings_of
from billing.store import invoices
from billing.use_cases.issue_credit_note import UnknownInvoice
from billing.use_cases.pay_online import begin_payment, hear_of_payment
from chassis.auth import Audience, Principal, allow
from chassis.runtime import RuntimeOf

from .payment_schemas import Heard, NotificationBody, OnlineBody, Redirect

router = APIRouter()

Family = Annotated[Principal, allow(Audience.FAMILY)]


@router.post("/v1/me/invoices/{invoice_id}/online-payment")
async def pay(
    invoice_id: UUID, body: OnlineBody, principal: Family, runtime: RuntimeOf
) -> Redirect:
    """Where to go to pay; one invoice per payment."""
    port = settings_of(runtime).payment_port()
    async with runtime.database.reading() as connection:
        invoice = await invoices.find_invoice(connection, invoice_id)
    if invoice is None or invoice.family_id != principal.own_family:
        raise UnknownInvoice("Cette facture n’existe pas.")
    now = runtime.clock.now()
    url = await begin_payment(runtime.database, port, invoice, body.email, now)
    return Redirect(url=url)


@router.post("/v1/payment-notifications", dependencies=[allow(Audience.ANYONE)])
async def notified(body: NotificationBody, runtime: RuntimeOf) -> Heard:
    """The treasury's hint, from whoever sends it: only what its own server answers counts."""
    settings = settings_of(runtime)
    port = settings.payment_port()
    state = await hear_of_payment(
        runtime.database, port, body.id_op, settings.cash_offices[0].code, runtime.clock.now()
    )
    return Heard(state=state)
