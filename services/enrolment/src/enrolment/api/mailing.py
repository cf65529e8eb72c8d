"""Whom a message to many families is for, asked by messaging."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.problems import Problem
from chassis.runtime import RuntimeOf
from enrolment.store.mailing import booked_families

router = APIRouter(prefix="/v1/internal", dependencies=[allow(Audience.SERVICE)])


class FamilyIds(BaseModel):
    family_ids: list[UUID]


@router.get("/booked-families")
async def booked(
    runtime: RuntimeOf,
    centre_id: UUID | None = None,
    activity_id: UUID | None = None,
    day: date | None = None,
) -> FamilyIds:
    """Families with a place in the centre or the activity, on that day or from today on."""
    if (centre_id is None) == (activity_id is None):
        raise Problem(422, "enrolment.one-of-two", "Un centre, ou une activité")
    today = local_date(runtime.clock.now())
    async with runtime.database.reading() as connection:
        found = await booked_families(connection, centre_id, activity_id, day, today)
    return FamilyIds(family_ids=found)
