"""« Calendrier »: school holidays, public holidays, and closures."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, cast

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.auth import Audience, Principal
from chassis.clock import local_date
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french, shapes
from chassis.web.shapes import FieldError
from enrolment.domain.impact import Impact
from enrolment.domain.school_calendar import SchoolCalendar
from enrolment.settings import Settings
from enrolment.store.catalogue import Catalogue, Centre, all_centres, whole_catalogue
from enrolment.store.closures import KnownClosure, all_closures
from enrolment.store.request_lists import count_pending

from .forms import Fields
from .impact_words import told
from .pages import PageRoute, Pages, PagesOf
from .readers import DayReader

router = APIRouter(route_class=PageRoute)

CALENDAR: Final = "/console/calendrier"
CLOSURES: Final = f"{CALENDAR}/fermetures"
AHEAD: Final = timedelta(days=400)


@dataclass(frozen=True)
class Period:
    """Some days with a name, in words; with an address where they can be edited."""

    label: str
    words: str
    of: str = ""
    url: str | None = None


@router.get("/calendrier")
async def calendar(principal: DayReader, runtime: RuntimeOf, pages: PagesOf) -> Response:
    return await calendar_page(principal, runtime, pages)


async def calendar_page(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    *,
    fields: Fields | None = None,
    errors: list[FieldError] | None = None,
    impact: Impact | None = None,
) -> Response:
    """With what was typed about a new closure, what is wrong with it, and whom it would hurt."""
    today = local_date(runtime.clock.now())
    async with runtime.database.reading() as connection:
        catalogue = await whole_catalogue(connection)
        centres = await all_centres(connection)
        closed = await all_closures(connection, today)
        pending = await count_pending(connection)
    may_edit = Audience.ADMIN in principal.audiences
    return pages.html(
        "calendrier.html",
        principal,
        title="Calendrier",
        section="activities",
        pending=pending,
        status=422 if errors else 409 if impact else 200,
        zone=cast(Settings, runtime.settings).school_zone,
        closures=[_closed(one, catalogue, centres, may_edit=may_edit) for one in closed],
        places=_places(catalogue, centres),
        typed={name: values[-1][:80] for name, values in (fields or {}).items()},
        errors=errors or [],
        wrong={error.field: error.message for error in errors or []},
        impact=list(told(impact)) if impact else [],
        families=impact.families if impact else 0,
        may_edit=may_edit,
        **_year(runtime.own.calendar, today),
    )


def _year(calendar: SchoolCalendar, today: date) -> dict[str, Any]:
    return {
        "holidays": [
            Period(span.label, span_words(span.first, span.last))
            for span in calendar.holidays
            if today <= span.last and span.first <= today + AHEAD
        ],
        "public_holidays": [
            Period(label, french.day_long(day))
            for day, label in sorted(calendar.public_holidays.items())
            if today <= day <= today + AHEAD
        ],
    }


def _places(catalogue: Catalogue, centres: list[Centre]) -> list[shapes.Choice]:
    names = {one.centre_id: one.name for one in centres}
    return [
        *(shapes.Choice(f"centre:{one.centre_id}", one.name) for one in centres),
        *(
            shapes.Choice(f"activity:{key}", f"{one.label}, {names[one.centre_id]}")
            for key, one in catalogue.activities.items()
        ),
    ]


def _closed(
    closure: KnownClosure, catalogue: Catalogue, centres: list[Centre], *, may_edit: bool
) -> Period:
    return Period(
        closure.span.label,
        span_words(closure.span.first, closure.span.last),
        whom_for(closure, catalogue, centres),
        f"{CLOSURES}/{closure.closure_id}" if may_edit else None,
    )


def whom_for(closure: KnownClosure, catalogue: Catalogue, centres: list[Centre]) -> str:
    if closure.centre_id is not None:
        return next((one.name for one in centres if one.centre_id == closure.centre_id), "")
    if closure.activity_id is not None:
        activity = catalogue.activities.get(closure.activity_id)
        return activity.label if activity else ""
    return "tous les centres"


def span_words(first: date, last: date) -> str:
    if first == last:
        return french.day_long(first)
    return f"du {french.day_long(first)} au {french.day_long(last)}"
