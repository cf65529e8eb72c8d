"""« Tarifs »: the grids, the simulator, and a change with what it would do."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.clock import local_date
from chassis.problems import Problem
from chassis.web.shapes import FieldError
from enrolment.console.forms import Fields, form_fields, one
from enrolment.console.pages import PageRoute

from .asking import Clerk, Counter, CounterOf, RateKeeper, Refused
from .families import find_families
from .money import Mistyped, cents, day

router = APIRouter(route_class=PageRoute)

RATES = "/console/tarifs"
Typed = Annotated[str, Query(max_length=80)]


@router.get("/tarifs")
async def rates(
    principal: Clerk,
    counter: CounterOf,
    cherche: Typed = "",
    famille: UUID | None = None,
    code: Typed = "",
    jour: date | None = None,
    quotient: Annotated[str, Query(pattern=r"^\d{0,6}$")] = "",
) -> Response:
    async with counter.runtime.database.reading() as connection:
        found = await find_families(connection, cherche)
    on = jour or local_date(counter.runtime.clock.now())
    asked = {"rate_code": code, "day": on.isoformat()} | (
        {"quotient": quotient} if quotient else {}
    )
    answer, problem = None, None
    if famille is not None and code:
        try:
            answer = await counter.ask(f"/v1/staff/families/{famille}/price", **asked)
        except Problem as nothing:
            problem = nothing.title
        except Refused as refused:
            problem = str(refused)
    return await counter.page(
        "rates.html",
        principal,
        title="Tarifs",
        section="rates",
        grids=await counter.ask_or_none("/v1/staff/rate-grids"),
        found=found,
        search=cherche,
        family_id=famille,
        code=code,
        day=on,
        quotient=quotient,
        answer=answer,
        problem=problem,
    )


@router.get("/tarifs/{grid_id}")
async def grid(grid_id: UUID, principal: Clerk, counter: CounterOf) -> Response:
    return await _grid(principal, counter, await _known(counter, grid_id))


async def _known(counter: Counter, grid_id: UUID) -> dict[str, Any]:
    grids = await counter.ask("/v1/staff/rate-grids")
    for found in grids["items"]:
        if found["grid_id"] == str(grid_id):
            return dict(found)
    raise Problem(404, "billing.not-found", "Tarif introuvable")


async def _grid(
    principal: Principal,
    counter: Counter,
    known: dict[str, Any],
    *,
    effect: Any = None,
    errors: list[FieldError] | None = None,
) -> Response:
    following = local_date(counter.runtime.clock.now()).replace(day=1) + timedelta(days=31)
    return await counter.page(
        "rate.html",
        principal,
        title=f"Changer le tarif « {known['label']} »",
        section="rates",
        errors=errors or (),
        grid=known,
        effect=effect,
        proposed=known.get("proposed") or following.replace(day=1).isoformat(),
    )


@router.post("/tarifs/{grid_id}")
async def change(
    grid_id: UUID, request: Request, principal: RateKeeper, counter: CounterOf
) -> Response:
    """« Voir l’effet » keeps nothing; « Enregistrer » ends the grid in force the day before."""
    fields = await form_fields(request, most=200)
    known = await _known(counter, grid_id)
    try:
        body = _changed(known, fields)
    except Mistyped as wrong:
        return await _grid(principal, counter, known, errors=[FieldError("valid_from", str(wrong))])
    shown = known | body | {"proposed": body["valid_from"]}
    if one(fields, "act") == "enregistrer":
        made, errors = await counter.tried("/v1/staff/rate-grids", body | {"ends_previous": True})
        if made is not None:
            return RedirectResponse(RATES, 303)
        return await _grid(principal, counter, shown, errors=errors)
    month = str(body["valid_from"])[:7]
    path = f"/v1/staff/rate-grids/preview?month={month}"
    effect, errors = await counter.tried(path, body)
    return await _grid(principal, counter, shown, effect=effect, errors=errors)


def _changed(known: dict[str, Any], fields: Fields) -> dict[str, Any]:
    """The grid with the amounts as they were typed. Raises Mistyped."""
    starts = day(fields, "valid_from", "À partir du")
    if starts is None:
        raise Mistyped("À partir du\u00a0: écrivez le premier jour du nouveau tarif.")
    bands = []
    for number, band in enumerate(known["bands"]):
        price = cents(fields, f"unit-{number}", f"Prix de {band['label']}")
        care = cents(fields, f"care-{number}", f"Garde de {band['label']}")
        bands.append(band | {"unit_cents": price, "care_cents": care})
    supplement = cents(fields, "supplement", "Supplément hors territoire")
    return {
        "code": known["code"],
        "label": known["label"],
        "valid_from": starts,
        "valid_to": None,
        "non_resident_supplement_cents": supplement,
        "bands": bands,
    }
