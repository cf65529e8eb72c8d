"""The centres as families choose among them, and those where an agent works."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf
from enrolment.store.catalogue import all_centres
from enrolment.store.teams import centres_of_agent

router = APIRouter(prefix="/v1/me", dependencies=[allow(Audience.FAMILY)])
teams = APIRouter(prefix="/v1/internal", dependencies=[allow(Audience.SERVICE)])


class CentreName(BaseModel):
    centre_id: UUID
    name: str


class CentreNames(BaseModel):
    """Never many: an authority has a handful."""

    items: list[CentreName]


class CentreIds(BaseModel):
    """Of the centres where somebody works."""

    centre_ids: list[UUID]


@router.get("/centres")
@teams.get("/centres")
async def centres(runtime: RuntimeOf) -> CentreNames:
    """Also for the gateway's page of pre-registration, which nobody has signed in to."""
    async with runtime.database.reading() as connection:
        found = await all_centres(connection)
    return CentreNames(items=[CentreName(centre_id=one.centre_id, name=one.name) for one in found])


@teams.get("/agents/{staff_id}/centres")
async def centres_of(staff_id: UUID, runtime: RuntimeOf) -> CentreIds:
    """None for whom nobody has put in a team, as for whom nobody knows."""
    async with runtime.database.reading() as connection:
        found = await centres_of_agent(connection, staff_id)
    return CentreIds(centre_ids=sorted(found))
