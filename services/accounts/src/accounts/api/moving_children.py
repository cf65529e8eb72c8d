"""Children who leave a family's file, and who come back to it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from accounts.store.former_children import former_children
from accounts.use_cases.move_child import remove_child, return_child
from chassis.auth import Audience, Principal, allow
from chassis.runtime import RuntimeOf

from .callers import actor_of
from .family_schemas import FormerChildOut, WholeFamily
from .registry_schemas import Version

router = APIRouter(prefix="/v1/staff/families/{family_id}", tags=["staff"])

Keeper = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN)]


@router.get("/former-children", dependencies=[allow(Audience.SECRETARIAT, Audience.ADMIN)])
async def listed(family_id: UUID, runtime: RuntimeOf) -> list[FormerChildOut]:
    async with runtime.database.reading() as connection:
        found = await former_children(connection, family_id)
    return [FormerChildOut.model_validate(one) for one in found]


@router.delete("/children/{child_id}")
async def leave(
    family_id: UUID,
    child_id: UUID,
    version: Annotated[Version, Query()],
    principal: Keeper,
    runtime: RuntimeOf,
) -> WholeFamily:
    """`version` is the child's own. What was booked after today is cancelled by enrolment."""
    async with runtime.database.transaction() as transaction:
        family = await remove_child(
            transaction, family_id, child_id, version, actor_of(principal), runtime.clock.now()
        )
    return WholeFamily.model_validate(family)


@router.post("/children/{child_id}/return")
async def come_back(
    family_id: UUID, child_id: UUID, principal: Keeper, runtime: RuntimeOf
) -> WholeFamily:
    async with runtime.database.transaction() as transaction:
        family = await return_child(
            transaction, family_id, child_id, actor_of(principal), runtime.clock.now()
        )
    return WholeFamily.model_validate(family)
