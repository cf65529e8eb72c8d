"""« Tarifs »: the grids, the simulator, and a change with what it would do."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Self
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
from .rate_form import (
    Row,
    WrongField,
    euros_typed,
    gaps,
    rows_of,
    typed_grid,
    typed_rows,
)

router = APIRouter(route_class=PageRoute)

RATES = "/console/tarifs"
MOST_FIELDS = 500
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
    grids = await counter.ask_or_none("/v1/staff/rate-grids")
    return await counter.page(
        "rates.html",
        principal,
        title="Tarifs",
        section="rates",
        grids=grids,
        gaps=gaps(grids["items"] if grids else [], local_date(counter.runtime.clock.now())),
        found=found,
        search=cherche,
        family_id=famille,
        code=code,
        day=on,
        quotient=quotient,
        answer=answer,
        problem=problem,
    )


@router.get("/tarifs/nouveau")
async def new(principal: RateKeeper, counter: CounterOf) -> Response:
    return await _form(principal, counter, Proposal(rows=rows_of(())))


@router.post("/tarifs/nouveau")
async def add(request: Request, principal: RateKeeper, counter: CounterOf) -> Response:
    """The rate of a code that had none."""
    fields = await form_fields(request, most=MOST_FIELDS)
    return await _tried(principal, counter, fields, None)


@router.get("/tarifs/{grid_id}")
async def grid(grid_id: UUID, principal: Clerk, counter: CounterOf) -> Response:
    known = await _known(counter, grid_id)
    following = local_date(counter.runtime.clock.now()).replace(day=1) + timedelta(days=31)
    shown = Proposal(
        valid_from=following.replace(day=1).isoformat(),
        supplement=euros_typed(known["non_resident_supplement_cents"]),
        rows=rows_of(known["bands"]),
        known=known,
    )
    return await _form(principal, counter, shown)


@router.post("/tarifs/{grid_id}")
async def change(
    grid_id: UUID, request: Request, principal: RateKeeper, counter: CounterOf
) -> Response:
    """« Voir l’effet » keeps nothing; « Enregistrer » ends the grid in force the day before."""
    fields = await form_fields(request, most=MOST_FIELDS)
    return await _tried(principal, counter, fields, await _known(counter, grid_id))


async def _known(counter: Counter, grid_id: UUID) -> dict[str, Any]:
    grids = await counter.ask("/v1/staff/rate-grids")
    for found in grids["items"]:
        if found["grid_id"] == str(grid_id):
            return dict(found)
    raise Problem(404, "billing.not-found", "Tarif introuvable")


@dataclass(frozen=True)
class Proposal:
    """The form as it is shown: as it was typed, or as the rate in force stands."""

    rows: list[Row]
    valid_from: str = ""
    last_day: str = ""
    supplement: str = "0,00"
    code: str = ""
    label: str = ""
    known: dict[str, Any] | None = None

    @classmethod
    def typed(cls, fields: Fields, known: dict[str, Any] | None) -> Self:
        names = ("valid_from", "last_day", "supplement", "code", "label")
        typed = {name: one(fields, name).strip()[:120] for name in names}
        return cls(rows=typed_rows(fields), known=known, **typed)


async def _form(
    principal: Principal,
    counter: Counter,
    shown: Proposal,
    *,
    effect: Any = None,
    errors: list[FieldError] | None = None,
) -> Response:
    known = shown.known
    return await counter.page(
        "rate.html",
        principal,
        title=f"Changer le tarif « {known['label']} »" if known else "Nouveau tarif",
        section="rates",
        errors=errors or (),
        shown=shown,
        effect=effect,
        here=f"{RATES}/{known['grid_id']}" if known else f"{RATES}/nouveau",
    )


async def _tried(
    principal: Principal, counter: Counter, fields: Fields, known: dict[str, Any] | None
) -> Response:
    shown = Proposal.typed(fields, known)
    try:
        body = _body(fields, shown)
    except WrongField as wrong:
        errors = [FieldError(wrong.field, str(wrong))]
        return await _form(principal, counter, shown, errors=errors)
    if one(fields, "act") == "enregistrer":
        ends_previous = known is not None
        made, errors = await counter.tried(
            "/v1/staff/rate-grids", body | {"ends_previous": ends_previous}
        )
        if made is not None:
            return RedirectResponse(RATES, 303)
        return await _form(principal, counter, shown, errors=_beside(errors))
    path = f"/v1/staff/rate-grids/preview?month={body['valid_from'][:7]}"
    effect, errors = await counter.tried(path, body)
    return await _form(principal, counter, shown, effect=effect, errors=_beside(errors))


def _body(fields: Fields, shown: Proposal) -> dict[str, Any]:
    """Raises WrongField."""
    if shown.known:
        return typed_grid(fields, shown.known["code"], shown.label or shown.known["label"])
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,59}", shown.code):
        text = "Code\u00a0: lettres minuscules sans accent, chiffres et tirets, comme « canteen »."
        raise WrongField("code", text)
    if not shown.label:
        raise WrongField("label", "Nom\u00a0: écrivez celui que les familles lisent.")
    return typed_grid(fields, shown.code, shown.label)


def _beside(errors: list[FieldError]) -> list[FieldError]:
    """What billing refuses is about the days or the bands; the days are what staff can mend."""
    return [FieldError("valid_from", error.message) for error in errors]
