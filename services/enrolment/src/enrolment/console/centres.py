"""Centres: added, renamed, the capacity of their agrément, and how families reach them."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.identifiers import new_id
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.web.shapes import FieldError
from enrolment.domain.centre_contact import CentreContact
from enrolment.domain.impact import Impact
from enrolment.domain.places import Capacity
from enrolment.domain.submission import AlreadyExists, ChangeHurts, NotFound, OutOfDate
from enrolment.store.catalogue import Centre, find_centre
from enrolment.store.centre_contact import contacts_of_centres
from enrolment.store.request_lists import count_pending
from enrolment.use_cases.create_centre import create_centre
from enrolment.use_cases.edit_centre import edit_centre

from .activities import ACTIVITIES, activities_page
from .activity_form import Reading
from .centre_hours import WEEKDAY_NAMES, contact_in, typed_contact
from .forms import Fields, UnusableReason, broken, form_fields, one, usable_label
from .impact_words import told
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator

router = APIRouter(route_class=PageRoute)

MOST_PLACES = 10_000
TAKEN = "Un centre porte déjà ce nom."
BOTH = "Indiquez les deux capacités de l’agrément, ou aucune."


@router.post("/activites/centres")
async def add_centre(
    request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    typed = one(await form_fields(request), "name")
    try:
        name = usable_label(typed)
        async with runtime.database.transaction() as transaction:
            await create_centre(transaction, Centre(new_id(), name))
    except (UnusableReason, AlreadyExists) as wrong:
        said = str(wrong) if isinstance(wrong, UnusableReason) else TAKEN
        errors = (FieldError("name", said),)
        return await activities_page(principal, runtime, pages, errors=errors, typed=typed)
    return RedirectResponse(ACTIVITIES, 303)


@router.get("/activites/centres/{centre_id}")
async def one_centre(
    centre_id: UUID, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    return await _page(principal, runtime, pages, centre_id)


@router.post("/activites/centres/{centre_id}")
async def change_centre(
    centre_id: UUID,
    request: Request,
    principal: Administrator,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    """A licence below what the activities offer together is told before it is kept."""
    fields = await form_fields(request)
    wanted, contact, errors = _centre(centre_id, fields)
    if errors:
        return await _page(principal, runtime, pages, centre_id, fields=fields, errors=errors)
    try:
        async with runtime.database.transaction() as transaction:
            await edit_centre(
                transaction, wanted, contact, confirmed=one(fields, "confirmed") == "yes"
            )
    except NotFound:
        raise _unknown() from None
    except (AlreadyExists, OutOfDate) as refused:
        said = TAKEN if isinstance(refused, AlreadyExists) else str(refused)
        errors = [FieldError("name", said)]
        return await _page(principal, runtime, pages, centre_id, fields=fields, errors=errors)
    except ChangeHurts as hurts:
        return await _page(principal, runtime, pages, centre_id, fields=fields, impact=hurts.impact)
    return RedirectResponse(ACTIVITIES, 303)


def _centre(
    centre_id: UUID, fields: Fields
) -> tuple[Centre, CentreContact | None, list[FieldError]]:
    reading = Reading(fields)
    name = reading.label("name")
    small = reading.maybe("licensed_under_six", MOST_PLACES)
    big = reading.maybe("licensed_six_and_over", MOST_PLACES)
    if (small is None) != (big is None):
        reading.wrong("licensed_six_and_over" if big is None else "licensed_under_six", BOTH)
    version = one(fields, "version")
    if not (version.isascii() and version.isdigit() and len(version) < 16):
        raise broken()
    licensed = None if small is None or big is None else Capacity(small, big)
    contact = contact_in(reading)
    return Centre(centre_id, name, licensed, int(version)), contact, reading.errors


def _unknown() -> Problem:
    return Problem(404, "enrolment.centre-unknown", "Centre introuvable")


async def _page(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    centre_id: UUID,
    *,
    fields: Fields | None = None,
    errors: list[FieldError] | None = None,
    impact: Impact | None = None,
) -> Response:
    async with runtime.database.reading() as connection:
        centre = await find_centre(connection, centre_id)
        contacts = await contacts_of_centres(connection)
        pending = await count_pending(connection)
    if centre is None:
        raise _unknown()
    return pages.html(
        "centre.html",
        principal,
        title=centre.name,
        section="activities",
        pending=pending,
        status=422 if errors else 409 if impact else 200,
        centre=centre,
        typed=_typed(centre)
        | typed_contact(contacts[centre_id])
        | {name: found[-1][:254] for name, found in (fields or {}).items()},
        weekdays=WEEKDAY_NAMES,
        errors=errors or [],
        wrong={error.field: error.message for error in errors or []},
        impact=list(told(impact)) if impact else [],
        here=f"{ACTIVITIES}/centres/{centre_id}",
        back=ACTIVITIES,
    )


def _typed(centre: Centre) -> dict[str, str]:
    licensed = centre.licensed
    return {
        "name": centre.name,
        "version": str(centre.version),
        "licensed_under_six": str(licensed.under_six) if licensed else "",
        "licensed_six_and_over": str(licensed.six_and_over) if licensed else "",
    }
