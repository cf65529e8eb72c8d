"""The cash office's door: money in, money back, what bounced, and reminders."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from billing.accounts import asking
from billing.settings import settings_of
from billing.store import reminders
from billing.store.payments import Payment
from billing.use_cases.know_family import know_family
from billing.use_cases.print_papers import receipt_html, reminder_html
from billing.use_cases.record_payment import (
    Money,
    record_bounce,
    record_payment,
    record_refund,
)
from billing.use_cases.send_reminders import due_step, send_reminder
from chassis.auth import Audience, Principal, allow
from chassis.clock import local_date
from chassis.runtime import Runtime, RuntimeOf

from .files import PDF, file
from .payment_schemas import (
    BounceBody,
    OverdueList,
    OverdueView,
    PaymentBody,
    PaymentView,
    RefundBody,
    RemindBody,
    Reminded,
)

router = APIRouter(prefix="/v1/staff")

Cashier = Annotated[Principal, allow(Audience.CASH_OFFICE)]
Reader = allow(Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR)


@router.post("/families/{family_id}/payments", status_code=201)
async def receive(
    family_id: UUID, body: PaymentBody, principal: Cashier, runtime: RuntimeOf
) -> PaymentView:
    chosen = None if body.parts is None else [(p.invoice_id, p.cents) for p in body.parts]
    money = _money(family_id, body, principal, runtime, chosen)
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        await know_family(transaction, family_id, asking(runtime.peers), now)
        payment = await record_payment(transaction, money, now)
    return _view(payment)


@router.post("/families/{family_id}/refunds", status_code=201)
async def give_back(
    family_id: UUID, body: RefundBody, principal: Cashier, runtime: RuntimeOf
) -> PaymentView:
    money = _money(family_id, body, principal, runtime)
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        await know_family(transaction, family_id, asking(runtime.peers), now)
        payment = await record_refund(transaction, money, now)
    return _view(payment)


def _money(
    family_id: UUID,
    body: PaymentBody | RefundBody,
    principal: Principal,
    runtime: Runtime,
    chosen: list[tuple[UUID, int]] | None = None,
) -> Money:
    """Raises UnknownOffice."""
    return Money(
        payment_id=body.payment_id,
        family_id=family_id,
        payer_id=body.payer_id,
        cash_office=settings_of(runtime).cash_office(body.cash_office).code,
        method=body.method,
        amount_cents=body.amount_cents,
        received_on=body.received_on or local_date(runtime.clock.now()),
        reference=body.reference,
        by=principal.name,
        chosen=chosen,
    )


@router.post("/payments/{payment_id}/bounce")
async def bounce(
    payment_id: UUID, body: BounceBody, principal: Cashier, runtime: RuntimeOf
) -> PaymentView:
    now = runtime.clock.now()
    day = body.bounced_on or local_date(now)
    async with runtime.database.transaction() as transaction:
        payment = await record_bounce(
            transaction, payment_id, day, body.reason, principal.name, now
        )
    return _view(payment)


@router.get("/payments/{payment_id}/receipt", dependencies=[Reader])
async def receipt(payment_id: UUID, runtime: RuntimeOf) -> Response:
    async with runtime.database.reading() as connection:
        html = await receipt_html(connection, runtime, payment_id)
    return file(await runtime.documents.render(html), PDF, "quittance.pdf")


@router.get("/overdue", dependencies=[Reader])
async def overdue(runtime: RuntimeOf) -> OverdueList:
    """Late invoices, oldest first, and the step that may be sent today."""
    today, settings = local_date(runtime.clock.now()), settings_of(runtime)
    async with runtime.database.reading() as connection:
        found = await reminders.overdue(connection, today)
    items = [
        OverdueView.model_validate(
            {
                **vars(invoice),
                "last_sent_at": invoice.last_sent_at,
                "next_step": due_step(invoice, today, settings),
            }
        )
        for invoice in found
    ]
    return OverdueList(items=items, total=len(items))


@router.post("/reminders")
async def remind(body: RemindBody, principal: Cashier, runtime: RuntimeOf) -> Reminded:
    """One step further for each, in a transaction of its own; never twice for the same step."""
    now, settings = runtime.clock.now(), settings_of(runtime)
    async with runtime.database.reading() as connection:
        late = await reminders.overdue(connection, local_date(now))
    wanted = frozenset(body.invoice_ids)
    sent = []
    for invoice in late:
        if wanted and invoice.invoice_id not in wanted:
            continue
        async with runtime.database.transaction() as transaction:
            reminder = await send_reminder(transaction, invoice, settings, principal.name, now)
        if reminder is not None:
            sent.append(reminder.reminder_id)
    return Reminded(reminder_ids=sent)


@router.get("/reminders/{reminder_id}/document", dependencies=[Reader])
async def letter(reminder_id: UUID, runtime: RuntimeOf) -> Response:
    async with runtime.database.reading() as connection:
        html = await reminder_html(connection, runtime, reminder_id)
    return file(await runtime.documents.render(html), PDF, "relance.pdf")


def _view(payment: Payment) -> PaymentView:
    return PaymentView.model_validate(payment)
