"""One activity, edited with the people whom it would hurt in sight; its days opened."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import shapes
from chassis.web.shapes import FieldError
from enrolment.domain.activity import Activity, ActivityKind, Season
from enrolment.domain.impact import Impact
from enrolment.domain.notice import Anchor
from enrolment.domain.places import Capacity
from enrolment.domain.school_calendar import CalendarUnknown
from enrolment.domain.submission import AlreadyExists, ChangeHurts, NotFound, OutOfDate
from enrolment.store.catalogue import all_centres, find_activity, whole_catalogue
from enrolment.store.request_lists import count_pending
from enrolment.use_cases.create_activity import create_activity
from enrolment.use_cases.edit_activity import edit_activity
from enrolment.use_cases.open_days import open_days

from .activities import ACTIONS, ACTIVITIES, SEASONS, WEEKDAYS
from .activity_form import (
    MOST_FIELDS,
    MOST_RULES,
    MOST_SLOTS,
    MOST_WINDOWS,
    Reading,
    activity_from,
    rows_of,
    typed_from,
)
from .forms import Fields, form_fields, one
from .impact_words import told
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator, DayReader

router = APIRouter(route_class=PageRoute)

KINDS: Final = {
    ActivityKind.MORNING: "Accueil du matin",
    ActivityKind.EVENING: "Accueil du soir",
    ActivityKind.CANTEEN: "Restauration",
    ActivityKind.WEDNESDAY: "Mercredi",
    ActivityKind.HOLIDAY: "Vacances",
    ActivityKind.COURSE: "Stage",
    ActivityKind.STAY: "Séjour",
}
ANCHORS: Final = {
    Anchor.CALENDAR_DAYS: "jours avant",
    Anchor.WORKING_DAYS: "jours ouvrés avant",
    Anchor.WEEKDAY_OF_PREVIOUS_WEEK: "semaines avant, le jour choisi",
    Anchor.DAYS_BEFORE_PERIOD: "jours avant la période",
}


def _unknown() -> Problem:
    return Problem(404, "enrolment.activity-unknown", "Activité introuvable")


@router.get("/activites/nouvelle")
async def new_activity(
    principal: Administrator, runtime: RuntimeOf, pages: PagesOf, centre: UUID
) -> Response:
    blank = _blank(centre)
    typed = typed_from(blank) | {"label": "", "weekdays": ""}
    return await _form(principal, runtime, pages, blank, typed, frozenset(), is_new=True)


def _blank(centre_id: UUID) -> Activity:
    return Activity(new_id(), centre_id, "", Season.TERM, frozenset(), Capacity(0, 0), version=1)


@router.post("/activites/nouvelle")
async def create(
    request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf, centre: UUID
) -> Response:
    fields = await form_fields(request, most=MOST_FIELDS)
    wanted, errors = activity_from(fields, _blank(centre))
    if not errors:
        try:
            async with runtime.database.transaction() as transaction:
                known = await whole_catalogue(transaction.connection)
                await create_activity(
                    transaction,
                    wanted,
                    len(known.activities),
                    confirmed=one(fields, "confirmed") == "yes",
                )
            return RedirectResponse(ACTIVITIES, 303)
        except NotFound:
            raise _unknown() from None
        except AlreadyExists:
            errors = [FieldError("label", "Une activité de ce centre porte déjà ce nom.")]
        except ChangeHurts as hurts:
            return await _again(
                principal,
                runtime,
                pages,
                wanted,
                fields,
                [],
                impact=hurts.impact,
                is_new=True,
                status=409,
            )
    return await _again(principal, runtime, pages, wanted, fields, errors, is_new=True)


@router.get("/activites/{activity_id}")
async def one_activity(
    activity_id: UUID, principal: DayReader, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    activity = await _standing(runtime, activity_id)
    return await _form(principal, runtime, pages, activity, typed_from(activity), activity.weekdays)


async def _standing(runtime: Runtime, activity_id: UUID) -> Activity:
    """Raises Problem 404."""
    async with runtime.database.reading() as connection:
        activity = await find_activity(connection, activity_id)
    if activity is None:
        raise _unknown()
    return activity


@router.post("/activites/{activity_id}")
async def change(
    activity_id: UUID,
    request: Request,
    principal: Administrator,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    """Whom it hurts is shown first; confirmed, their bookings are kept for staff to settle."""
    fields = await form_fields(request, most=MOST_FIELDS)
    wanted, errors = activity_from(fields, await _standing(runtime, activity_id))
    if errors:
        return await _again(principal, runtime, pages, wanted, fields, errors)
    try:
        async with runtime.database.transaction() as transaction:
            await edit_activity(
                transaction,
                wanted,
                confirmed=one(fields, "confirmed") == "yes",
                today=local_date(runtime.clock.now()),
            )
    except NotFound:
        raise _unknown() from None
    except OutOfDate:
        stale = [FieldError("label", "Quelqu’un a modifié cette activité entre-temps.")]
        return await _again(principal, runtime, pages, wanted, fields, stale, status=409)
    except ChangeHurts as hurts:
        return await _again(
            principal, runtime, pages, wanted, fields, [], impact=hurts.impact, status=409
        )
    return RedirectResponse(ACTIVITIES, 303)


@router.post("/activites/{activity_id}/ouvrir")
async def open_more_days(
    activity_id: UUID,
    request: Request,
    principal: Administrator,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    """The activity's days between two others, holidays and closures left out."""
    fields = await form_fields(request)
    activity = await _standing(runtime, activity_id)
    reading = Reading(fields)
    first, last = reading.day("first"), reading.day("last")
    errors = reading.errors
    if first and last and not first <= last:
        errors = [FieldError("last", "La dernière date vient après la première.")]
    if not errors and first and last:
        try:
            async with runtime.database.transaction() as transaction:
                opened = await open_days(
                    transaction, activity_id, first, last, calendar=runtime.own.calendar
                )
            return RedirectResponse(f"{ACTIVITIES}?ouverts={opened}", 303)
        except CalendarUnknown as unknown:
            errors = [FieldError("first", str(unknown))]
    kept = typed_from(activity) | {name: values[-1][:40] for name, values in fields.items()}
    return await _form(
        principal,
        runtime,
        pages,
        activity,
        kept,
        activity.weekdays,
        errors=tuple(errors),
        status=422,
    )


async def _again(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    wanted: Activity,
    fields: Fields,
    errors: list[FieldError],
    *,
    impact: Impact | None = None,
    is_new: bool = False,
    status: int = 422,
) -> Response:
    typed = {name: values[-1][:200] for name, values in fields.items()}
    return await _form(
        principal,
        runtime,
        pages,
        wanted,
        typed,
        wanted.weekdays,
        errors=tuple(errors),
        impact=impact,
        is_new=is_new,
        status=status,
    )


async def _form(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    activity: Activity,
    typed: dict[str, str],
    weekdays: frozenset[int],
    *,
    errors: tuple[FieldError, ...] = (),
    impact: Impact | None = None,
    is_new: bool = False,
    status: int = 200,
) -> Response:
    async with runtime.database.reading() as connection:
        centres = {one.centre_id: one for one in await all_centres(connection)}
        pending = await count_pending(connection)
    centre = centres.get(activity.centre_id)
    if centre is None:
        raise _unknown()
    here = f"{ACTIVITIES}/{activity.activity_id}"
    return pages.html(
        "activite.html",
        principal,
        title="Nouvelle activité" if is_new else activity.label or "Activité",
        section="activities",
        pending=pending,
        status=status,
        centre=centre,
        typed=typed,
        weekdays=weekdays,
        weekday_labels=list(enumerate(WEEKDAYS, 1)),
        kinds=_choices(KINDS),
        seasons=_choices(SEASONS),
        actions=_choices(ACTIONS),
        anchors=_choices(ANCHORS),
        slot_rows=rows_of(typed, "slot", MOST_SLOTS),
        rule_rows=rows_of(typed, "rule", MOST_RULES),
        window_rows=rows_of(typed, "window", MOST_WINDOWS),
        errors=errors,
        wrong={error.field: error.message for error in errors},
        impact=list(told(impact)) if impact else [],
        families=impact.families if impact else 0,
        may_edit=Audience.ADMIN in principal.audiences,
        is_new=is_new,
        post_url=f"{ACTIVITIES}/nouvelle?centre={activity.centre_id}" if is_new else here,
        open_url=None if is_new else f"{here}/ouvrir",
        back=ACTIVITIES,
    )


def _choices(labels: Mapping[Any, str]) -> list[shapes.Choice]:
    return [shapes.Choice(str(value), label) for value, label in labels.items()]
