"""« Règlements »: money in and out, the journal of the day, deposits, closing."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.web.shapes import FieldError
from enrolment.console.forms import Fields, form_fields, one
from enrolment.console.pages import PageRoute

from .asking import Cashier, Clerk, Counter, CounterOf, identifiers
from .choosing import choose, offices, payers
from .families import find_families, named
from .money import Mistyped, cents, day

router = APIRouter(route_class=PageRoute)

PAYMENTS = "/console/reglements"
METHODS = {
    "cheque": "Chèque",
    "cash": "Espèces",
    "transfer": "Virement",
    "cesu": "CESU",
    "holiday_vouchers": "Chèques-vacances",
    "direct_debit": "Prélèvement",
    "card": "Carte bancaire",
    "other": "Autre",
}
Typed = Annotated[str, Query(max_length=80)]
Office = Annotated[str, Query(pattern=r"^[A-Z0-9]{0,8}$")]


@router.get("/reglements")
async def payments(
    principal: Clerk,
    counter: CounterOf,
    cherche: Typed = "",
    famille: UUID | None = None,
    jour: date | None = None,
    regie: Office = "",
) -> Response:
    return await _board(principal, counter, famille, search=cherche, on=jour, office=regie)


async def _board(
    principal: Principal,
    counter: Counter,
    family_id: UUID | None = None,
    *,
    search: str = "",
    on: date | None = None,
    office: str = "",
    errors: list[FieldError] | None = None,
    typed: Fields | None = None,
) -> Response:
    shown = on or local_date(counter.runtime.clock.now())
    async with counter.runtime.database.reading() as connection:
        found = await find_families(connection, search)
        family = None if family_id is None else await named(connection, family_id)
    journal = await counter.ask_or_none(
        "/v1/staff/cash-journal",
        first=shown.isoformat(),
        last=shown.isoformat(),
        cash_office=office,
    )
    return await counter.page(
        "payments.html",
        principal,
        title="Règlements",
        section="payments",
        errors=errors or (),
        found=found,
        search=search,
        family=family,
        account=await _account(counter, family_id),
        journal=journal,
        offices=await offices(counter),
        office=office,
        day=shown,
        methods=METHODS,
        typed={name: values[-1] for name, values in (typed or {}).items()},
        ticked=(typed or {}).get("facture", []),
        new_id=str(new_id()),
    )


async def _account(counter: Counter, family_id: UUID | None) -> dict[str, Any] | None:
    if family_id is None:
        return None
    path = f"/v1/staff/families/{family_id}"
    invoices = await counter.ask_or_none(f"{path}/invoices")
    return {
        "statement": await counter.ask_or_none(f"{path}/statement"),
        "invoices": invoices,
        "payers": payers(invoices["items"] if invoices else []),
        "plan": await counter.ask_or_none(f"{path}/instalments"),
    }


@router.post("/reglements/{family_id}/{act}")
async def receive(
    family_id: UUID, act: str, request: Request, principal: Cashier, counter: CounterOf
) -> Response:
    """`recevoir` and `rembourser`."""
    fields = await form_fields(request)
    path = {"recevoir": "payments", "rembourser": "refunds"}.get(act, "payments")
    try:
        body = await _money(counter, family_id, fields)
    except Mistyped as wrong:
        errors = [FieldError("amount", str(wrong))]
        return await _board(principal, counter, family_id, errors=errors, typed=fields)
    done, errors = await counter.tried(f"/v1/staff/families/{family_id}/{path}", body)
    if done is None:
        return await _board(principal, counter, family_id, errors=errors, typed=fields)
    office = body["cash_office"]
    kept = f"&regie={office}" if office else ""
    return RedirectResponse(f"{PAYMENTS}?famille={family_id}{kept}", 303)


async def _money(counter: Counter, family_id: UUID, fields: Fields) -> dict[str, Any]:
    """What was typed, for billing. Raises Mistyped."""
    body: dict[str, Any] = {
        "payment_id": one(fields, "payment_id"),
        "method": one(fields, "method"),
        "amount_cents": cents(fields, "amount", "Montant"),
        "received_on": day(fields, "received_on", "Reçu le"),
        "reference": one(fields, "reference")[:120],
        "cash_office": one(fields, "cash_office"),
        "payer_id": next(iter(identifiers(fields.get("payer_id", []))), None),
    }
    ticked = identifiers(fields.get("facture", []))
    if ticked:
        found = await counter.ask_or_none(f"/v1/staff/families/{family_id}/invoices")
        body |= choose(found["items"] if found else [], ticked, body["amount_cents"])
    return body


@router.post("/reglement/{payment_id}/rejet")
async def bounce(
    payment_id: UUID, request: Request, principal: Cashier, counter: CounterOf
) -> Response:
    fields = await form_fields(request)
    body = {"reason": one(fields, "reason") or "Rejet de la banque"}
    return await _done(principal, counter, f"/v1/staff/payments/{payment_id}/bounce", body)


@router.post("/cloture")
async def close(request: Request, principal: Cashier, counter: CounterOf) -> Response:
    fields = await form_fields(request)
    body = {"day": one(fields, "day"), "cash_office": one(fields, "cash_office")}
    return await _done(principal, counter, "/v1/staff/cash-closings", body)


@router.post("/bordereau")
async def deposit(request: Request, principal: Cashier, counter: CounterOf) -> Response:
    fields = await form_fields(request)
    names = ("deposit_id", "method", "cash_office")
    body = {name: one(fields, name) for name in names}
    done, errors = await counter.tried("/v1/staff/deposits", body)
    if done is None:
        return await _board(principal, counter, errors=errors)
    return RedirectResponse(f"/console/bordereaux/{done['deposit_id']}/document", 303)


async def _done(principal: Principal, counter: Counter, path: str, body: Any) -> Response:
    done, errors = await counter.tried(path, body)
    if done is None:
        return await _board(principal, counter, errors=errors)
    return RedirectResponse(PAYMENTS, 303)


@router.get("/journal-de-caisse/{day}/document")
async def journal_paper(day: date, _: Clerk, counter: CounterOf, regie: Office = "") -> Response:
    days = {"first": day.isoformat(), "last": day.isoformat()}
    return await counter.paper("/v1/staff/cash-journal/document", cash_office=regie, **days)


@router.get("/reglement/{payment_id}/quittance")
async def receipt(payment_id: UUID, _: Clerk, counter: CounterOf) -> Response:
    return await counter.paper(f"/v1/staff/payments/{payment_id}/receipt")


@router.get("/bordereaux/{deposit_id}/document")
async def slip(deposit_id: UUID, _: Clerk, counter: CounterOf) -> Response:
    return await counter.paper(f"/v1/staff/deposits/{deposit_id}/document")
