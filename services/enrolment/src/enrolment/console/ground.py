"""What a reader of the days sees: centres, the one on show, its activities."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query

from chassis.auth import Principal
from chassis.problems import Problem
from chassis.runtime import Runtime
from enrolment.domain.activity import Activity
from enrolment.store.catalogue import Catalogue, Centre, all_centres, whole_catalogue
from enrolment.store.request_lists import count_pending
from enrolment.use_cases.sight import sight_of

from .attendance import NO_CENTRE
from .choice import Empty

PLACES: Final = "/console/places"
WEEK: Final = timedelta(days=7)

CentreChoice = Annotated[UUID | Empty | None, Query(alias="centre")]
WeekChoice = Annotated[date | Empty | None, Query(alias="semaine")]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Ground:
    """What the reader sees: centres, the one on show, its activities."""

    centres: list[Centre]
    centre: Centre | None
    catalogue: Catalogue
    pending: int

    @property
    def activities(self) -> dict[UUID, Activity]:
        if self.centre is None:
            return {}
        return {
            key: one
            for key, one in self.catalogue.activities.items()
            if one.centre_id == self.centre.centre_id
        }


def unknown_day() -> Problem:
    return Problem(404, "enrolment.day-unknown", "Jour introuvable", "Il n’est pas ouvert.")


async def ground_of(runtime: Runtime, principal: Principal, centre_id: UUID | None) -> Ground:
    """Raises Problem 404 for a centre that does not exist, or is not seen."""
    async with runtime.database.reading() as connection:
        sight = await sight_of(connection, principal)
        centres = [one for one in await all_centres(connection) if sight.sees(one.centre_id)]
        catalogue = await whole_catalogue(connection)
        pending = await count_pending(connection)
    chosen = centres[0] if centres and centre_id is None else None
    if centre_id is not None:
        chosen = next((one for one in centres if one.centre_id == centre_id), None)
        if chosen is None:
            raise Problem(404, "enrolment.centre-unknown", "Centre introuvable", NO_CENTRE)
    return Ground(centres, chosen, catalogue, pending)
