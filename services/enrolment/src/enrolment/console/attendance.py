"""« Pointage »: the roster of a centre's day, on a tablet; every tap is one small form."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal, allow
from chassis.clock import local_date
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french
from enrolment.domain.attendance import NotPointable, Presence
from enrolment.domain.request import Actor, Channel
from enrolment.domain.school_calendar import ONE_DAY
from enrolment.domain.submission import NotFound
from enrolment.store.attendance import note_adults, steps_of_day
from enrolment.store.catalogue import Catalogue, Centre, all_centres, whole_catalogue
from enrolment.store.request_lists import count_pending
from enrolment.store.words_search import find_children
from enrolment.use_cases.point_attendance import Pointing, point_attendance
from enrolment.use_cases.sight import Sight, sight_of

from .care import care_of
from .choice import Empty
from .desk import token_of
from .forms import broken, form_fields, identifier, one
from .pages import PageRoute, Pages, PagesOf
from .readers import DayReader
from .rosters import WORDS, CentreDay, centre_day, line, meals, sheets

router = APIRouter(route_class=PageRoute)

ATTENDANCE = "/console/pointage"
Pointer = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.CENTRE)]
NO_CENTRE = (
    "Aucun centre ne vous est confié. L’administration vous place dans une équipe, page"
    " «\u00a0Équipes\u00a0»."
)


@dataclass(frozen=True)
class Where:
    """Which centre and day the address speaks of; centre None: the first that is seen."""

    centre: UUID | None
    day: date
    activity: UUID | None = None

    def url(self, page: str = ATTENDANCE, **more: str) -> str:
        chosen = {
            "centre": str(self.centre) if self.centre else "",
            "jour": self.day.isoformat(),
            "activite": str(self.activity) if self.activity else "",
            **more,
        }
        return f"{page}?{urlencode({k: v for k, v in chosen.items() if v})}"

    def on(self, day: date) -> "Where":
        return Where(self.centre, day, self.activity)


async def _where(
    runtime: RuntimeOf,
    centre: UUID | Empty | None = None,
    day: Annotated[date | Empty | None, Query(alias="jour")] = None,
    activity: Annotated[UUID | Empty | None, Query(alias="activite")] = None,
) -> Where:
    return Where(centre or None, day or local_date(runtime.clock.now()), activity or None)


WhereOf = Annotated[Where, Depends(_where)]


@dataclass(frozen=True)
class Floor:
    """Where the reader stands: the centres that are seen, the one on show, its day."""

    where: Where
    centres: list[Centre]
    catalogue: Catalogue
    found: CentreDay | None
    pending: int

    @property
    def centre(self) -> Centre | None:
        return next((one for one in self.centres if one.centre_id == self.where.centre), None)

    @property
    def day(self) -> CentreDay:
        """Raises Problem 404 when there is no centre to show."""
        if self.found is None:
            raise _unknown()
        return self.found


def _unknown() -> Problem:
    return Problem(404, "enrolment.centre-unknown", "Centre introuvable", NO_CENTRE)


async def floor_of(runtime: Runtime, principal: Principal, where: Where) -> Floor:
    """Raises Problem 404 for a centre that does not exist, or is not seen."""
    async with runtime.database.reading() as connection:
        sight = await sight_of(connection, principal)
        centres = [one for one in await all_centres(connection) if sight.sees(one.centre_id)]
        catalogue = await whole_catalogue(connection)
        pending = await count_pending(connection)
        if where.centre is None and centres:
            where = Where(centres[0].centre_id, where.day, where.activity)
        if where.centre is None:
            return Floor(where, centres, catalogue, None, pending)
        if all(one.centre_id != where.centre for one in centres):
            raise _unknown()
        found = await centre_day(connection, catalogue, where.centre, where.day, where.activity)
    return Floor(where, centres, catalogue, found, pending)


@router.get("/pointage")
async def attendance(
    request: Request,
    principal: DayReader,
    runtime: RuntimeOf,
    pages: PagesOf,
    where: WhereOf,
    add: Annotated[str, Query(alias="ajout", max_length=80)] = "",
) -> Response:
    now = runtime.clock.now()
    today = local_date(now)
    floor = await floor_of(runtime, principal, where)
    shown: dict[str, Any] = {"sheets": [], "meals": [], "steps": [], "found": [], "slots": []}
    care = None
    if floor.found is not None:
        day = floor.found
        care = await care_of(
            runtime.peers, principal, token_of(request), day.child_ids, floor.where.day
        )
        async with runtime.database.reading() as connection:
            steps = await steps_of_day(connection, day.activities, floor.where.day)
            found = await find_children(connection, add) if add else []
        shown = {
            "sheets": sheets(day, care, now),
            "meals": meals(day, care),
            "steps": [(one, french.moment(one.at, now), WORDS[one.presence]) for one in steps],
            "found": found,
            "slots": [
                (slot, activity)
                for activity in day.activities.values()
                for slot in activity.slots
                if slot.active
            ],
        }
    return pages.html(
        "pointage.html",
        principal,
        title="Pointage",
        section="attendance",
        pending=floor.pending,
        where=floor.where,
        centre=floor.centre,
        centres=floor.centres,
        activities=[
            one
            for one in floor.catalogue.activities.values()
            if one.centre_id == floor.where.centre
        ],
        care=care,
        no_centre=NO_CENTRE,
        day_title=french.sentence(french.day_long(floor.where.day)),
        is_today=floor.where.day == today,
        is_past=floor.where.day < today,
        may_point=bool(principal.audiences & {Audience.SECRETARIAT, Audience.CENTRE})
        and floor.where.day <= today,
        previous_url=floor.where.on(floor.where.day - ONE_DAY).url(),
        next_url=floor.where.on(floor.where.day + ONE_DAY).url(),
        today_url=floor.where.on(today).url(),
        here=floor.where.url(),
        paper_url=floor.where.url(f"{ATTENDANCE}/feuille.pdf"),
        csv_url=floor.where.url(f"{ATTENDANCE}/export.csv"),
        ods_url=floor.where.url(f"{ATTENDANCE}/export.ods"),
        add=add,
        **shown,
    )


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
        raise _unknown()
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
        raise _unknown()


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
        raise _unknown()
    care = await care_of(runtime.peers, principal, token_of(request), [child_id], where.day)
    shown = line(entry, where.day, care, runtime.clock.now())
    return pages.fragment("pointage_ligne.html", line=shown, here=where.url(), may_point=True)
