"""« Relances »: who is late, how far they were reminded, plans to pay in parts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.identifiers import new_id
from chassis.web.shapes import FieldError
from enrolment.console.forms import form_fields, one
from enrolment.console.pages import PageRoute

from .asking import Cashier, Clerk, Counter, CounterOf, identifiers
from .money import Mistyped, day, whole

router = APIRouter(route_class=PageRoute)

REMINDERS = "/console/relances"
Sent = Annotated[list[UUID], Query(max_length=100)]


@router.get("/relances")
async def reminders(
    principal: Clerk,
    counter: CounterOf,
    envoyee: Sent = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    return await _board(principal, counter, sent=[str(one) for one in envoyee])


async def _board(
    principal: Principal,
    counter: Counter,
    *,
    sent: list[str] | None = None,
    errors: list[FieldError] | None = None,
) -> Response:
    return await counter.page(
        "reminders.html",
        principal,
        title="Relances",
        section="reminders",
        errors=errors or (),
        overdue=await counter.ask_or_none("/v1/staff/overdue"),
        sent=sent or [],
        new_id=new_id,
    )


@router.post("/relances")
async def remind(request: Request, principal: Cashier, counter: CounterOf) -> Response:
    """What was ticked, or all that may be reminded today."""
    fields = await form_fields(request, most=1100)
    body = {"invoice_ids": identifiers(fields.get("facture", []))}
    done, errors = await counter.tried("/v1/staff/reminders", body)
    if done is None:
        return await _board(principal, counter, errors=errors)
    query = "&".join(f"envoyee={reminder}" for reminder in done["reminder_ids"][:100])
    return RedirectResponse(f"{REMINDERS}?{query}" if query else REMINDERS, 303)


@router.post("/relances/{family_id}/echeancier")
async def agree(
    family_id: UUID, request: Request, principal: Cashier, counter: CounterOf
) -> Response:
    fields = await form_fields(request)
    try:
        body = {
            "plan_id": one(fields, "plan_id"),
            "parts": whole(fields, "parts", "Nombre de parts"),
            "first_on": day(fields, "first_on", "Première échéance"),
            "payer_id": next(iter(identifiers(fields.get("payer_id", []))), None),
        }
    except Mistyped as wrong:
        return await _board(principal, counter, errors=[FieldError("parts", str(wrong))])
    done, errors = await counter.tried(f"/v1/staff/families/{family_id}/instalments", body)
    if done is None:
        return await _board(principal, counter, errors=errors)
    return RedirectResponse(REMINDERS, 303)


@router.get("/relances/{reminder_id}/document")
async def letter(reminder_id: UUID, _: Clerk, counter: CounterOf) -> Response:
    return await counter.paper(f"/v1/staff/reminders/{reminder_id}/document")
