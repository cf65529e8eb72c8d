"""The centres as families choose among them, when they write to one."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf
from enrolment.store.catalogue import all_centres

router = APIRouter(prefix="/v1/me", dependencies=[allow(Audience.FAMILY)])


class CentreName(BaseModel):
    centre_id: UUID
    name: str


class CentreNames(BaseModel):
    """Never many: an authority has a handful."""

    items: list[CentreName]


@router.get("/centres")
async def centres(runtime: RuntimeOf) -> CentreNames:
    async with runtime.database.reading() as connection:
        found = await all_centres(connection)
    return CentreNames(items=[CentreName(centre_id=one.centre_id, name=one.name) for one in found])
