"""What our own services ask: how a consumer heals a gap in the versions it has seen."""

from uuid import UUID

from fastapi import APIRouter

from accounts.domain.family import UnknownFamily
from accounts.store.families import family_by_id
from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf

from .schemas import WholeFamily

router = APIRouter(prefix="/v1/internal", tags=["internal"], dependencies=[allow(Audience.SERVICE)])


@router.get("/families/{family_id}")
async def snapshot(family_id: UUID, runtime: RuntimeOf) -> WholeFamily:
    async with runtime.database.reading() as connection:
        family = await family_by_id(connection, family_id)
    if family is None:
        raise UnknownFamily
    return WholeFamily.model_validate(family)
