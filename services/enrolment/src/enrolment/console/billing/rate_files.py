"""« Importer des tarifs »: a file is read, shown, and entered whole or not at all."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from chassis.auth import Principal
from chassis.spreadsheets import CSV_TYPE, csv_table
from chassis.uploads import file_in, read_form
from chassis.web.shapes import FieldError
from enrolment.console.pages import PageRoute

from .asking import Counter, CounterOf, RateKeeper
from .rate_table import MODEL, TITLES, WrongTable, rates_in
from .rates import RATES

router = APIRouter(route_class=PageRoute)

HERE: Final = f"{RATES}/importer"
MODEL_NAME: Final = "modele-tarifs.csv"


@router.get("/tarifs/importer")
async def choose(principal: RateKeeper, counter: CounterOf) -> Response:
    return await _page(principal, counter)


@router.get("/tarifs/importer/modele.csv")
async def model(_: RateKeeper) -> Response:
    """The titles and an example, as a French spreadsheet opens it."""
    disposition = f'attachment; filename="{MODEL_NAME}"'
    table = csv_table(list(TITLES), MODEL)
    return Response(table, media_type=CSV_TYPE, headers={"Content-Disposition": disposition})


@router.post("/tarifs/importer")
async def enter(request: Request, principal: RateKeeper, counter: CounterOf) -> Response:
    """« Vérifier » shows what would be entered, « Enregistrer » enters it."""
    form = await read_form(request)
    _, content = await file_in(form, "file")
    if not content:
        return await _wrong(principal, counter, "Choisissez le fichier des tarifs.")
    try:
        rates = rates_in(content)
    except WrongTable as wrong:
        return await _wrong(principal, counter, str(wrong))
    if form.get("act") != "enregistrer":
        return await _page(principal, counter, rates=rates)
    body = {"grids": rates, "ends_previous": True}
    made, errors = await counter.tried("/v1/staff/rate-grids/batch", body)
    if made is None:
        return await _wrong(principal, counter, errors[0].message)
    return RedirectResponse(RATES, 303)


async def _wrong(principal: Principal, counter: Counter, words: str) -> Response:
    return await _page(principal, counter, errors=[FieldError("file", words)])


async def _page(
    principal: Principal,
    counter: Counter,
    *,
    rates: list[dict[str, Any]] | None = None,
    errors: list[FieldError] | None = None,
) -> Response:
    return await counter.page(
        "rate_files.html",
        principal,
        title="Importer des tarifs",
        section="rates",
        errors=errors or (),
        rates=rates,
        here=HERE,
        titles=list(TITLES),
    )
