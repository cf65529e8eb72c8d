"""The other services' door."""

from uuid import UUID

from fastapi import APIRouter

from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf

from .inputs import Month, PageNumber
from .paging import lines_of
from .schemas import ChargeLines

router = APIRouter(prefix="/v1/internal", dependencies=[allow(Audience.SERVICE)])


@router.get("/families/{family_id}/charge-lines")
async def charge_lines(
    family_id: UUID, runtime: RuntimeOf, month: Month | None = None, page: PageNumber = 1
) -> ChargeLines:
    """Every line of a family, or those of a month."""
    return await lines_of(runtime, family_id, month, page)
