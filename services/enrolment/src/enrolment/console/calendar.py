"""« Calendrier »: school holidays, public holidays, and closures with whom they would hurt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, cast
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.clock import local_date
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french, shapes
from chassis.web.shapes import FieldError
from enrolment.domain.impact import Impact
from enrolment.domain.school_calendar import Span
from enrolment.domain.submission import ChangeHurts, NotFound
from enrolment.settings import Settings
from enrolment.store.catalogue import KnownClosure, all_centres, all_closures, whole_catalogue
from enrolment.store.request_lists import count_pending
from enrolment.use_cases.close_days import Closure, close_days

from .activities import told
from .activity_form import Reading
from .forms import Fields, broken, form_fields, one
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator, DayReader

router = APIRouter(route_class=PageRoute)

CALENDAR: Final = "/console/calendrier"
AHEAD: Final = timedelta(days=400)


Names = Mapping[UUID, str]


@dataclass(frozen=True)
class Period:
    """Some days with a name, in words."""

    label: str
    words: str
    of: str = ""


@router.get("/calendrier")
async def calendar(principal: DayReader, runtime: RuntimeOf, pages: PagesOf) -> Response:
    return await _page(principal, runtime, pages)


@router.post("/calendrier/fermetures")
async def close(
    request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    """Bookings of those days are cancelled in notice and families told; shown before it is done."""
    fields = await form_fields(request)
    closure, errors = _closure(fields)
    if closure is None:
        return await _page(principal, runtime, pages, fields=fields, errors=errors)
    try:
        async with runtime.database.transaction() as transaction:
            await close_days(
                transaction,
                closure,
                confirmed=one(fields, "confirmed") == "yes",
                now=runtime.clock.now(),
            )
    except NotFound:
        raise broken("Choisissez un centre ou une activité de la liste.") from None
    except ChangeHurts as hurts:
        return await _page(principal, runtime, pages, fields=fields, impact=hurts.impact)
    return RedirectResponse(CALENDAR, 303)


def _closure(fields: Fields) -> tuple[Closure | None, list[FieldError]]:
    reading = Reading(fields)
    label, first, last = reading.label("label"), reading.day("first"), reading.day("last")
    if first and last and not first <= last:
        reading.wrong("last", "La dernière date vient après la première.")
    kind, _, identifier = reading.text("where").partition(":")
    try:
        where = UUID(identifier) if identifier else None
    except ValueError:
        raise broken("Choisissez un centre ou une activité de la liste.") from None
    if reading.errors or first is None or last is None:
        return None, reading.errors
    span = Span(first, last, label)
    centre = where if kind == "centre" else None
    activity = where if kind == "activity" else None
    return Closure(span, centre, activity), []


async def _page(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    *,
    fields: Fields | None = None,
    errors: list[FieldError] | None = None,
    impact: Impact | None = None,
) -> Response:
    today = local_date(runtime.clock.now())
    async with runtime.database.reading() as connection:
        catalogue = await whole_catalogue(connection)
        centres = await all_centres(connection)
        closed = await all_closures(connection, today)
        pending = await count_pending(connection)
    names = {one.centre_id: one.name for one in centres}
    labels = {key: one.label for key, one in catalogue.activities.items()}
    own = runtime.own.calendar
    return pages.html(
        "calendrier.html",
        principal,
        title="Calendrier",
        section="activities",
        pending=pending,
        status=422 if errors else 409 if impact else 200,
        zone=cast(Settings, runtime.settings).school_zone,
        holidays=[
            Period(span.label, _words(span.first, span.last))
            for span in own.holidays
            if today <= span.last and span.first <= today + AHEAD
        ],
        public_holidays=[
            Period(label, french.day_long(day))
            for day, label in sorted(own.public_holidays.items())
            if today <= day <= today + AHEAD
        ],
        closures=[
            Period(
                one_.span.label,
                _words(one_.span.first, one_.span.last),
                _closed(one_, names, labels),
            )
            for one_ in closed
        ],
        places=[
            *(shapes.Choice(f"centre:{one_.centre_id}", one_.name) for one_ in centres),
            *(
                shapes.Choice(f"activity:{key}", f"{one_.label}, {names[one_.centre_id]}")
                for key, one_ in catalogue.activities.items()
            ),
        ],
        typed={name: values[-1][:80] for name, values in (fields or {}).items()},
        errors=errors or [],
        wrong={error.field: error.message for error in errors or []},
        impact=list(told(impact)) if impact else [],
        families=impact.families if impact else 0,
        may_edit=Audience.ADMIN in principal.audiences,
    )


def _closed(closure: KnownClosure, names: Names, labels: Names) -> str:
    if closure.centre_id is not None:
        return names.get(closure.centre_id, "")
    if closure.activity_id is not None:
        return labels.get(closure.activity_id, "")
    return "tous les centres"


def _words(first: date, last: date) -> str:
    if first == last:
        return french.day_long(first)
    return f"du {french.day_long(first)} au {french.day_long(last)}"
