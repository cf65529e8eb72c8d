"""« Planning et places »: a centre's week at a glance, its adults, its table."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.clock import local_date
from chassis.runtime import Runtime, RuntimeOf
from chassis.spreadsheets import CSV_TYPE, ODS_TYPE, Value, csv_table, ods_table
from chassis.web import french
from enrolment.domain.diary import PlaceKey
from enrolment.domain.places import Places
from enrolment.store.adults import adults_between
from enrolment.store.planning import places_of_week
from enrolment.use_cases.plan_adults import plan_adults

from . import week as words
from .attendance import ATTENDANCE, NO_CENTRE, Pointer
from .attendance_papers import kept
from .forms import broken, form_fields, identifier, one
from .ground import PLACES, WEEK, CentreChoice, Ground, WeekChoice, ground_of, monday
from .pages import PageRoute, PagesOf
from .readers import DayReader
from .wording import GROUPS

router = APIRouter(route_class=PageRoute)

MAY_PLAN: Final = frozenset({Audience.SECRETARIAT, Audience.CENTRE})
LONGEST: Final = timedelta(days=400)
HEAD: Final = (
    "Centre",
    "Activité",
    "Âge",
    "Jour",
    "Places",
    "Libres",
    "Retenues",
    "Réservées",
    "En attente",
)


@router.get("/places")
async def week_of_places(
    principal: DayReader,
    runtime: RuntimeOf,
    pages: PagesOf,
    centre: CentreChoice = None,
    week: WeekChoice = None,
) -> Response:
    ground = await ground_of(runtime, principal, centre or None)
    today = local_date(runtime.clock.now())
    first = monday(week or today)
    found, adults = await _read(runtime, ground, first)
    shown = words.open_days(found, first)
    needed = words.needs(ground.activities, found, adults)
    return pages.html(
        "places.html",
        principal,
        title="Planning et places",
        section="places",
        pending=ground.pending,
        centres=ground.centres,
        centre=ground.centre,
        no_centre=NO_CENTRE,
        week=first,
        week_title=f"Semaine du {french.day_long(first).partition(' ')[2]}",
        days=[
            (french.sentence(french.day_short(day)), day == today, _roster_url(ground, day))
            for day in shown
        ],
        rows=list(words.rows(ground.activities, found, shown)),
        staffed=words.staffed(ground.activities, needed, shown),
        alerts=[
            *words.over_places(ground.activities, found),
            *words.short_of_adults(ground.activities, needed, today),
        ],
        may_plan=bool(principal.audiences & MAY_PLAN) and first + WEEK > today,
        week_end=first + timedelta(days=6),
        latest=today + LONGEST,
        **_ways(ground, first),
    )


def _ways(ground: Ground, first: date) -> dict[str, Any]:
    centre_id = ground.centre.centre_id if ground.centre else ""
    here = f"{PLACES}?centre={centre_id}"
    middle = first + timedelta(days=3)
    return {
        "previous_url": f"{here}&semaine={first - WEEK}",
        "next_url": f"{here}&semaine={first + WEEK}",
        "today_url": here,
        "here": f"{here}&semaine={first}",
        "adults_url": f"{PLACES}/adultes?centre={centre_id}&semaine={first}",
        "csv_url": f"{PLACES}/export.csv?centre={centre_id}&semaine={first}",
        "ods_url": f"{PLACES}/export.ods?centre={centre_id}&semaine={first}",
        "month_url": f"{PLACES}/mois",
        "month_query": f"centre={centre_id}&mois={middle:%Y-%m}",
        "month_title": french.month_title(middle),
    }


async def _read(
    runtime: Runtime, ground: Ground, first: date
) -> tuple[dict[PlaceKey, Places], Mapping[words.ActivityDay, int]]:
    last = first + timedelta(days=6)
    async with runtime.database.reading() as connection:
        return (
            await places_of_week(connection, ground.activities, first, last),
            await adults_between(connection, ground.activities, first, last),
        )


def _roster_url(ground: Ground, day: date) -> str:
    centre = ground.centre.centre_id if ground.centre else ""
    return f"{ATTENDANCE}?centre={centre}&jour={day}"


@router.post("/places/adultes")
async def plan(
    request: Request,
    principal: Pointer,
    runtime: RuntimeOf,
    centre: CentreChoice = None,
    week: WeekChoice = None,
) -> Response:
    """How many adults are planned, once for the days of a week and for those that follow."""
    ground = await ground_of(runtime, principal, centre or None)
    fields = await form_fields(request)
    activity_id, typed = identifier(fields, "activity"), one(fields, "adults")
    if activity_id is None or activity_id not in ground.activities:
        raise broken("Choisissez une activité de la liste.")
    if not (typed.isascii() and typed.isdigit()) or int(typed) > 200:
        raise broken("Indiquez un nombre d’adultes, de 0 à 200.")
    now = runtime.clock.now()
    today = local_date(now)
    first = monday(week or today)
    until = _until(one(fields, "until"), first + timedelta(days=6), today + LONGEST)
    async with runtime.database.transaction() as transaction:
        await plan_adults(
            transaction, activity_id, max(first, today), until, int(typed), now, principal.name
        )
    return RedirectResponse(_ways(ground, first)["here"], 303)


def _until(typed: str, week_end: date, latest: date) -> date:
    """The end of the week, or a later day. Raises Problem 422."""
    if not typed:
        return week_end
    try:
        wanted = date.fromisoformat(typed)
    except ValueError:
        raise broken("Indiquez une date.") from None
    return max(week_end, min(wanted, latest))


@router.get("/places/export.csv")
async def week_as_csv(
    principal: DayReader, runtime: RuntimeOf, centre: CentreChoice = None, week: WeekChoice = None
) -> Response:
    first, rows = await _week_table(principal, runtime, centre or None, week or None)
    return kept(csv_table(HEAD, rows), CSV_TYPE, f"places-{first}.csv")


@router.get("/places/export.ods")
async def week_as_ods(
    principal: DayReader, runtime: RuntimeOf, centre: CentreChoice = None, week: WeekChoice = None
) -> Response:
    first, rows = await _week_table(principal, runtime, centre or None, week or None)
    return kept(ods_table(f"Semaine {first}", HEAD, rows), ODS_TYPE, f"places-{first}.ods")


async def _week_table(
    principal: Principal, runtime: Runtime, centre_id: UUID | None, week: date | None
) -> tuple[date, list[list[Value]]]:
    ground = await ground_of(runtime, principal, centre_id)
    first = monday(week or local_date(runtime.clock.now()))
    found, _ = await _read(runtime, ground, first)
    return first, places_rows(ground, found)


def places_rows(ground: Ground, found: Mapping[PlaceKey, Places]) -> list[list[Value]]:
    """A line a day, activity and age group, as the columns of `HEAD` say."""
    name = ground.centre.name if ground.centre else ""
    return [
        [
            name,
            ground.activities[key.activity_id].label,
            GROUPS[key.age_group],
            key.day,
            places.capacity,
            places.left,
            places.held,
            places.booked,
            places.waiting,
        ]
        for key, places in sorted(found.items(), key=lambda item: (item[0].day, item[0]))
    ]
