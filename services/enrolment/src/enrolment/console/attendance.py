"""« Pointage »: the roster of a centre's day, as the team reads it on a tablet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis.auth import Audience, Principal, allow
from chassis.clock import local_date
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french
from enrolment.domain.school_calendar import ONE_DAY
from enrolment.store.attendance_trace import pointed_late, steps_of_day
from enrolment.store.catalogue import Catalogue, Centre, all_centres, whole_catalogue
from enrolment.store.request_lists import count_pending
from enrolment.store.words_search import find_children
from enrolment.use_cases.sight import sight_of

from .care import Care, care_of
from .choice import Empty
from .desk import token_of
from .pages import PageRoute, PagesOf
from .readers import DayReader
from .rosters import WORDS, CentreDay, centre_day, meals, sheets

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
            raise unknown_centre()
        return self.found


def unknown_centre() -> Problem:
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
            raise unknown_centre()
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
    floor = await floor_of(runtime, principal, where)
    shown: dict[str, Any] = dict(NOTHING_SHOWN)
    if floor.found is not None:
        token = token_of(request)
        care = await care_of(
            runtime.peers, principal, token, floor.found.child_ids, floor.where.day
        )
        shown = await _shown(runtime, floor.found, care, add, now)
    may = bool(principal.audiences & {Audience.SECRETARIAT, Audience.CENTRE})
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
        no_centre=NO_CENTRE,
        day_title=french.sentence(french.day_long(floor.where.day)),
        may_point=may and floor.where.day <= local_date(now),
        add=add,
        **_ways(floor.where, local_date(now)),
        **shown,
    )


NOTHING_SHOWN: Final[Mapping[str, Any]] = {
    "sheets": (),
    "meals": (),
    "steps": (),
    "late": (),
    "found": (),
    "slots": (),
    "care": None,
}


async def _shown(
    runtime: Runtime, day: CentreDay, care: Care, add: str, now: datetime
) -> dict[str, Any]:
    async with runtime.database.reading() as connection:
        steps = await steps_of_day(connection, day.activities, day.day)
        late = await pointed_late(connection, day.activities, day.day)
        found = await find_children(connection, add) if add else []
    return {
        "sheets": sheets(day, care, now),
        "meals": meals(day, care),
        "steps": [(one, french.moment(one.at, now), WORDS[one.presence]) for one in steps],
        "late": [(one, french.moment(one.at, now), WORDS[one.presence]) for one in late],
        "found": found,
        "slots": [
            (slot, activity)
            for activity in day.activities.values()
            for slot in activity.slots
            if slot.active
        ],
        "care": care,
    }


def _ways(where: Where, today: date) -> dict[str, Any]:
    """Where the links of the page lead; whether the day is over."""
    month = urlencode(
        {
            "centre": where.centre or "",
            "activite": where.activity or "",
            "mois": f"{where.day:%Y-%m}",
        }
    )
    return {
        "is_today": where.day == today,
        "is_past": where.day < today,
        "previous_url": where.on(where.day - ONE_DAY).url(),
        "next_url": where.on(where.day + ONE_DAY).url(),
        "today_url": where.on(today).url(),
        "here": where.url(),
        "paper_url": where.url(f"{ATTENDANCE}/feuille.pdf"),
        "roster_url": where.url(f"{ATTENDANCE}/liste.pdf"),
        "csv_url": where.url(f"{ATTENDANCE}/export.csv"),
        "ods_url": where.url(f"{ATTENDANCE}/export.ods"),
        "month_query": month,
        "month_title": french.month_title(where.day),
    }
