"""Families that owe, asked by messaging for a message to many."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from billing.store.unpaid import families_that_owe
from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.runtime import RuntimeOf

router = APIRouter(prefix="/v1/internal", dependencies=[allow(Audience.SERVICE)])


class FamilyIds(BaseModel):
    family_ids: list[UUID]


@router.get("/unpaid-families")
async def unpaid(runtime: RuntimeOf) -> FamilyIds:
    """Those with an invoice past its day of payment; which and how much stays here."""
    today = local_date(runtime.clock.now())
    async with runtime.database.reading() as connection:
        return FamilyIds(family_ids=await families_that_owe(connection, today))
