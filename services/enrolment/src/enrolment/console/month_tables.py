"""A centre's month in spreadsheets: who came, the meals by diet, the places."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from chassis.auth import Principal
from chassis.clock import local_date
from chassis.runtime import Runtime, RuntimeOf
from chassis.spreadsheets import CSV_TYPE, ODS_TYPE, Value, csv_table, ods_table
from chassis.web import french
from enrolment.domain.request import add_months
from enrolment.store.planning import places_of_week

from .attendance import WhereOf
from .attendance_papers import HEAD, day_rows, kept
from .care import DIETS, UNSAID, Care, care_of
from .desk import token_of
from .ground import CentreChoice, Ground, ground_of
from .pages import PageRoute
from .planning import HEAD as PLACES_HEAD
from .planning import places_rows
from .readers import DayReader
from .rosters import CentreDay, centre_days, meals, sheets

router = APIRouter(route_class=PageRoute)

MEALS_HEAD: Final = ("Jour", "Centre", "Activité", "Créneau", "Repas")
MonthChoice = Annotated[str, Query(alias="mois", pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
Form = Literal["csv", "ods"]
Table = tuple[Sequence[str], list[list[Value]]]


@router.get("/pointage/mois/{table}.{form}")
async def month_of_attendance(
    table: Literal["presences", "repas"],
    form: Form,
    request: Request,
    principal: DayReader,
    runtime: RuntimeOf,
    where: WhereOf,
    month: MonthChoice,
) -> Response:
    """Diets are counted for those alone who may read them."""
    ground = await ground_of(runtime, principal, where.centre)
    first, last = _days_of(month)
    days = await _days(runtime, ground, first, last, where.activity)
    if table == "presences":
        found = _presences(days, ground, runtime)
    else:
        found = await _meals(request, principal, runtime, days, ground, first)
    return await _file(found, form, f"{table}-{month}")


@router.get("/places/mois.{form}")
async def month_of_places(
    form: Form,
    principal: DayReader,
    runtime: RuntimeOf,
    month: MonthChoice,
    centre: CentreChoice = None,
) -> Response:
    ground = await ground_of(runtime, principal, centre or None)
    async with runtime.database.reading() as connection:
        found = await places_of_week(connection, ground.activities, *_days_of(month))
    return await _file((PLACES_HEAD, places_rows(ground, found)), form, f"places-{month}")


def _days_of(month: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{month}-01")
    return first, add_months(first, 1) - timedelta(days=1)


async def _days(
    runtime: Runtime, ground: Ground, first: date, last: date, activity_id: UUID | None
) -> list[CentreDay]:
    if ground.centre is None:
        return []
    async with runtime.database.reading() as connection:
        return await centre_days(
            connection, ground.catalogue, ground.centre.centre_id, first, last, activity_id
        )


def _presences(days: Sequence[CentreDay], ground: Ground, runtime: Runtime) -> Table:
    """Without what is known of health: a month of it is nobody's need."""
    now = runtime.clock.now()
    centre = ground.centre.name if ground.centre else ""
    return HEAD, [
        row
        for day in days
        for _, row in day_rows(day.day, centre, sheets(day, Care(hidden=True), now))
    ]


async def _meals(
    request: Request,
    principal: Principal,
    runtime: Runtime,
    days: Sequence[CentreDay],
    ground: Ground,
    first: date,
) -> Table:
    children = {child_id for day in days for child_id in day.child_ids}
    as_of = max(first, min(local_date(runtime.clock.now()), days[-1].day)) if days else first
    care = await care_of(runtime.peers, principal, token_of(request), children, as_of)
    diets = (*DIETS.values(), UNSAID) if care.is_known else ()
    centre = ground.centre.name if ground.centre else ""
    head = (*MEALS_HEAD, *(french.sentence(diet) for diet in diets))
    return head, list(_meal_rows(days, care, centre, diets))


def _meal_rows(
    days: Sequence[CentreDay], care: Care, centre: str, diets: Sequence[str]
) -> Iterator[list[Value]]:
    for day in days:
        for one in meals(day, care):
            counts = [one.diets.get(diet, 0) for diet in diets]
            yield [day.day, centre, one.activity, one.slot_label, one.total, *counts]


async def _file(found: Table, form: Form, name: str) -> Response:
    head, rows = found
    if form == "csv":
        return kept(await asyncio.to_thread(csv_table, head, rows), CSV_TYPE, f"{name}.csv")
    return kept(await asyncio.to_thread(ods_table, name, head, rows), ODS_TYPE, f"{name}.ods")
