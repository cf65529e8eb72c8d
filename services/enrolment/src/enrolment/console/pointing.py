"""Pointing: every tap is one small form."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from enrolment.domain.attendance import NotPointable, Presence
from enrolment.domain.request import Actor, Channel
from enrolment.domain.submission import NotFound
from enrolment.store.adults import note_adults
from enrolment.store.catalogue import whole_catalogue
from enrolment.use_cases.point_attendance import Pointing, point_attendance
from enrolment.use_cases.sight import Sight, sight_of

from .attendance import Pointer, Where, WhereOf, floor_of, unknown_centre
from .care import care_of
from .desk import token_of
from .forms import broken, form_fields, identifier, one
from .pages import PageRoute, Pages, PagesOf
from .rosters import line

router = APIRouter(route_class=PageRoute)


@router.post("/pointage")
async def point(
    request: Request, principal: Pointer, runtime: RuntimeOf, pages: PagesOf, where: WhereOf
) -> Response:
    """One child of one slot; the script puts the fresh line in its place, without it a page."""
    fields = await form_fields(request)
    child_id, slot_id = identifier(fields, "child"), identifier(fields, "slot")
    try:
        presence = Presence(one(fields, "presence"))
    except ValueError:
        raise broken("Revenez au pointage et reprenez.") from None
    if child_id is None or slot_id is None:
        raise broken("Revenez au pointage et reprenez.")
    await _must_see(runtime, principal, slot_id)
    await _point(runtime, principal, [child_id], slot_id, where.day, presence)
    if pages.is_fragment:
        return await _line_alone(request, principal, runtime, pages, where, slot_id, child_id)
    return RedirectResponse(f"{where.url()}#e-{slot_id}-{child_id}", 303)


@router.post("/pointage/tous")
async def point_all(
    request: Request, principal: Pointer, runtime: RuntimeOf, where: WhereOf
) -> Response:
    """Everybody of the slot who is not pointed yet, and did not say to stay away, is there."""
    slot_id = identifier(await form_fields(request), "slot")
    if slot_id is None:
        raise broken("Revenez au pointage et reprenez.")
    await _must_see(runtime, principal, slot_id)
    floor = await floor_of(runtime, principal, where)
    waiting = [
        entry.child_id
        for entry in floor.day.entries.get(slot_id, ())
        if entry.presence is None and not entry.absent_told
    ]
    await _point(runtime, principal, waiting, slot_id, where.day, Presence.PRESENT)
    return RedirectResponse(f"{where.url()}#s-{slot_id}", 303)


@router.post("/pointage/adultes")
async def count_adults(
    request: Request, principal: Pointer, runtime: RuntimeOf, where: WhereOf
) -> Response:
    """How many adults are there: the alert of the ratio is computed from it."""
    fields = await form_fields(request)
    activity_id, typed = identifier(fields, "activity"), one(fields, "adults")
    if activity_id is None or not (typed.isascii() and typed.isdigit()) or int(typed) > 200:
        raise broken("Indiquez un nombre d’adultes, de 0 à 200.")
    floor = await floor_of(runtime, principal, Where(where.centre, where.day))
    if activity_id not in floor.day.activities:
        raise unknown_centre()
    async with runtime.database.transaction() as transaction:
        now = runtime.clock.now()
        await note_adults(
            transaction.connection, activity_id, where.day, int(typed), now, principal.name
        )
    return RedirectResponse(where.url(), 303)


async def _must_see(runtime: Runtime, principal: Principal, slot_id: UUID) -> None:
    """Raises Problem 404 for a slot of a centre that is not the agent's."""
    async with runtime.database.reading() as connection:
        sight: Sight = await sight_of(connection, principal)
        catalogue = await whole_catalogue(connection)
    slot = catalogue.slots.get(slot_id)
    if slot is None or not sight.sees(catalogue.centre_of(slot).centre_id):
        raise unknown_centre()


async def _point(
    runtime: Runtime,
    principal: Principal,
    child_ids: list[UUID],
    slot_id: UUID,
    day: date,
    presence: Presence,
) -> None:
    """One transaction a child: families are locked one by one, as everywhere."""
    actor = Actor(principal.id, principal.name, Channel.CONSOLE)
    try:
        for child_id in child_ids:
            pointing = Pointing(child_id, slot_id, day, presence, actor)
            async with runtime.database.transaction() as transaction:
                await point_attendance(transaction, pointing, now=runtime.clock.now())
    except NotFound:
        raise Problem(404, "enrolment.child-unknown", "Enfant introuvable") from None
    except NotPointable as wrong:
        raise Problem(
            422, "enrolment.not-pointable", "Ce jour ne peut pas être pointé", str(wrong)
        ) from None


async def _line_alone(
    request: Request,
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    where: Where,
    slot_id: UUID,
    child_id: UUID,
) -> Response:
    floor = await floor_of(runtime, principal, where)
    entry = next(
        (one for one in floor.day.entries.get(slot_id, ()) if one.child_id == child_id), None
    )
    if entry is None:
        raise unknown_centre()
    care = await care_of(runtime.peers, principal, token_of(request), [child_id], where.day)
    shown = line(entry, where.day, care, runtime.clock.now())
    return pages.fragment("pointage_ligne.html", line=shown, here=where.url(), may_point=True)
