"""Which children an agent of the centres looks after, asked by accounts (decision 22)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.runtime import RuntimeOf
from enrolment.store.centre_sight import children_seen_by

router = APIRouter(prefix="/v1/internal", dependencies=[allow(Audience.SERVICE)])

Named = Annotated[list[UUID] | None, Field(max_length=500)]


class SightAsked(BaseModel):
    """`None` names nobody in particular: all whom the agent sees."""

    staff_id: UUID
    child_ids: Named = None
    family_ids: Named = None


class SeenChildOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    child_id: UUID
    family_id: UUID


class SightOut(BaseModel):
    """Never long: the children of an agent's own centres."""

    children: list[SeenChildOut]


@router.post("/centre-sight")
async def centre_sight(body: SightAsked, runtime: RuntimeOf) -> SightOut:
    """A body rather than an address: who looks after whom is nobody else's business."""
    today = local_date(runtime.clock.now())
    async with runtime.database.reading() as connection:
        found = await children_seen_by(
            connection, body.staff_id, today, body.child_ids, body.family_ids
        )
    return SightOut(children=[SeenChildOut.model_validate(one) for one in found])
