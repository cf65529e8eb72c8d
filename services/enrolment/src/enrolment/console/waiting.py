"""« Listes d’attente »: lines and standing offers of the days to come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from chassis.clock import local_date
from chassis.runtime import RuntimeOf
from chassis.web import french
from enrolment.store.catalogue import Catalogue
from enrolment.store.planning import Seat, waiting_seats

from .attendance import NO_CENTRE
from .ground import PLACES, CentreChoice, ground_of
from .pages import PageRoute, PagesOf
from .readers import DayReader
from .seats import Sitting, sittings
from .wording import GROUPS

router = APIRouter(route_class=PageRoute)

WAITING: Final = "/console/attente"


@dataclass(frozen=True)
class Line:
    """A waiting list: one day, activity and age group."""

    title: str
    centre: str
    url: str
    seats: tuple[Sitting, ...]


@router.get("/attente")
async def waiting_lists(
    principal: DayReader,
    runtime: RuntimeOf,
    pages: PagesOf,
    centre: CentreChoice = None,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    """All centres that are seen, unless one is chosen."""
    ground = await ground_of(runtime, principal, centre or None)
    seen = {one.centre_id for one in ground.centres}
    wanted = {ground.centre.centre_id} if centre and ground.centre else seen
    now = runtime.clock.now()
    activities = {
        key: one for key, one in ground.catalogue.activities.items() if one.centre_id in wanted
    }
    async with runtime.database.reading() as connection:
        seats, more = await waiting_seats(connection, activities, local_date(now), page)
    here = f"{WAITING}?centre={centre or ''}"
    return pages.html(
        "attente.html",
        principal,
        title="Listes d’attente",
        section="waiting",
        pending=ground.pending,
        centres=ground.centres,
        centre_id=centre or None,
        no_centre=NO_CENTRE,
        lines=list(_lines(seats, ground.catalogue, now)),
        previous_url=f"{here}&page={page - 1}" if page > 1 else None,
        next_url=f"{here}&page={page + 1}" if more else None,
    )


def _lines(seats: Sequence[Seat], catalogue: Catalogue, now: datetime) -> Iterator[Line]:
    for key, line in groupby(seats, key=lambda seat: seat.places):
        activity = catalogue.activities[key.activity_id]
        yield Line(
            f"{french.sentence(french.day_name(key.day))}, {activity.label},"
            f" {GROUPS[key.age_group]}",
            catalogue.centres[activity.centre_id].name,
            f"{PLACES}/{key.activity_id}/{key.day}/{key.age_group}",
            tuple(sittings(list(line), now)),
        )
