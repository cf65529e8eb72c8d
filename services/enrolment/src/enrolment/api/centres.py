"""The centres as families choose among them, and those where an agent works."""

from datetime import date, time
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.runtime import RuntimeOf
from enrolment.domain.centre_contact import CentreContact
from enrolment.store.catalogue import Centre, all_centres
from enrolment.store.centre_contact import contacts_of_centres
from enrolment.store.closures import KnownClosure, all_closures
from enrolment.store.teams import centres_of_agent

router = APIRouter(prefix="/v1/me", dependencies=[allow(Audience.FAMILY)])
teams = APIRouter(prefix="/v1/internal", dependencies=[allow(Audience.SERVICE)])

CLOSURES_TOLD: Final = 3


class OpeningOut(BaseModel):
    """1 is Monday."""

    model_config = ConfigDict(from_attributes=True)

    weekday: int
    opens: time
    closes: time


class ClosureOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    label: str
    first: date
    last: date


class CentreToReach(BaseModel):
    """Empty texts and no openings until the administration has written them."""

    centre_id: UUID
    name: str
    phone: str
    email: str
    openings: list[OpeningOut]
    closures: list[ClosureOut]
    """The next days on which the whole centre is closed."""


class CentresToReach(BaseModel):
    """Never many: an authority has a handful."""

    items: list[CentreToReach]


class CentreIds(BaseModel):
    """Of the centres where somebody works."""

    centre_ids: list[UUID]


@router.get("/centres")
@teams.get("/centres")
async def centres(runtime: RuntimeOf) -> CentresToReach:
    """Also for the gateway's pages that nobody has signed in to."""
    async with runtime.database.reading() as connection:
        found = await all_centres(connection)
        contacts = await contacts_of_centres(connection)
        closures = await all_closures(connection, local_date(runtime.clock.now()))
    return CentresToReach(
        items=[_to_reach(one, contacts[one.centre_id], closures) for one in found]
    )


def _to_reach(
    centre: Centre, contact: CentreContact, closures: list[KnownClosure]
) -> CentreToReach:
    closed = [
        closure.span
        for closure in closures
        if closure.activity_id is None and closure.centre_id in (None, centre.centre_id)
    ]
    return CentreToReach(
        centre_id=centre.centre_id,
        name=centre.name,
        phone=contact.phone,
        email=contact.email,
        openings=[OpeningOut.model_validate(one) for one in contact.openings],
        closures=[ClosureOut.model_validate(one) for one in closed[:CLOSURES_TOLD]],
    )


@teams.get("/agents/{staff_id}/centres")
async def centres_of(staff_id: UUID, runtime: RuntimeOf) -> CentreIds:
    """None for whom nobody has put in a team, as for whom nobody knows."""
    async with runtime.database.reading() as connection:
        found = await centres_of_agent(connection, staff_id)
    return CentreIds(centre_ids=sorted(found))
