"""« Facturation »: prepare a month, look through it, issue it; and what was billed of a month."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable
from chassis.web.shapes import FieldError
from enrolment.console.forms import form_fields, one
from enrolment.console.pages import PageRoute

from .asking import Cashier, Clerk, Counter, CounterOf
from .choosing import offices

router = APIRouter(route_class=PageRoute)

BILLING = "/console/facturation"
STATES = {
    "preparing": "En préparation",
    "draft": "Brouillon",
    "issuing": "Émission en cours",
    "issued": "Émis",
    "cancelled": "Annulé",
}
Month = Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/facturation")
async def billing(principal: Clerk, counter: CounterOf, mois: Month = None) -> Response:
    return await _board(principal, counter, mois)


@router.post("/facturation")
async def prepare(request: Request, principal: Cashier, counter: CounterOf) -> Response:
    fields = await form_fields(request)
    month = one(fields, "mois")
    run_id = one(fields, "run_id")
    order = {"run_id": run_id, "period": month, "cash_office": one(fields, "cash_office")}
    made, errors = await counter.tried("/v1/staff/runs", order)
    if made is None:
        return await _board(principal, counter, None, errors)
    return RedirectResponse(f"{BILLING}/{made['run_id']}", 303)


async def _board(
    principal: Principal,
    counter: Counter,
    month: str | None,
    errors: list[FieldError] | None = None,
) -> Response:
    today = local_date(counter.runtime.clock.now())
    last = (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    shown = month or last
    return await counter.page(
        "runs.html",
        principal,
        title="Facturation",
        section="billing",
        errors=errors or (),
        runs=await counter.ask_or_none("/v1/staff/runs"),
        monitor=await counter.ask_or_none("/v1/staff/billing-monitor", month=shown),
        states=STATES,
        month=shown,
        first=date.fromisoformat(f"{shown}-01"),
        run_id=str(new_id()),
        offices=await offices(counter),
    )


@router.get("/facturation/{run_id}")
async def run(
    run_id: UUID,
    principal: Clerk,
    counter: CounterOf,
    page: PageNumber = 1,
    alertes: bool = False,
) -> Response:
    return await _run(principal, counter, run_id, page, alertes)


async def _run(
    principal: Principal,
    counter: Counter,
    run_id: UUID,
    page: int = 1,
    warned: bool = False,
    errors: list[FieldError] | None = None,
) -> Response:
    try:
        found = await counter.ask(f"/v1/staff/runs/{run_id}")
        drafts = await counter.ask(
            f"/v1/staff/runs/{run_id}/invoices", page=str(page), warned=str(warned).lower()
        )
    except PeerUnavailable:
        found = drafts = None
    return await counter.page(
        "run.html",
        principal,
        title="Lancement de facturation",
        section="billing",
        errors=errors or (),
        run=found,
        drafts=drafts,
        states=STATES,
        warned=warned,
        here=f"{BILLING}/{run_id}",
        first=date.fromisoformat(f"{found['period']}-01") if found else None,
    )


@router.post("/facturation/{run_id}/emettre")
async def issue(run_id: UUID, principal: Cashier, counter: CounterOf) -> Response:
    """Pressed twice it is issued once: billing sees to it."""
    done, errors = await counter.tried(f"/v1/staff/runs/{run_id}/issue", {})
    if done is None:
        return await _run(principal, counter, run_id, errors=errors)
    return RedirectResponse(f"{BILLING}/{run_id}", 303)


@router.post("/facturation/{run_id}/annuler")
async def cancel(run_id: UUID, principal: Cashier, counter: CounterOf) -> Response:
    done, errors = await counter.tried(f"/v1/staff/runs/{run_id}/cancel", {})
    if done is None:
        return await _run(principal, counter, run_id, errors=errors)
    return RedirectResponse(BILLING, 303)
