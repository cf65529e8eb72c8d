"""Whom a message to many families is for, and who is about to miss a cut-off: for messaging."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.problems import Problem
from chassis.runtime import RuntimeOf
from enrolment.domain.last_calls import last_calls
from enrolment.own import own_of
from enrolment.store.catalogue import whole_catalogue
from enrolment.store.mailing import booked_families, families_without_booking

router = APIRouter(prefix="/v1/internal", dependencies=[allow(Audience.SERVICE)])


class FamilyIds(BaseModel):
    family_ids: list[UUID]


class Called(BaseModel):
    """A family that may still ask for days of that week, until then."""

    family_id: UUID
    monday: date
    cut_off: datetime


class CalledFamilies(BaseModel):
    """Each once, with the first cut-off that it lets pass."""

    items: list[Called]


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


@router.get("/last-calls")
async def called(
    runtime: RuntimeOf, hours: Annotated[int, Query(ge=1, le=72)] = 24
) -> CalledFamilies:
    """Families that usually come and asked for nothing, for weeks whose first cut-off is near."""
    now = runtime.clock.now()
    found: dict[UUID, Called] = {}
    async with runtime.database.reading() as connection:
        catalogue = await whole_catalogue(connection)
        calls = last_calls(
            catalogue.activities.values(),
            own_of(runtime).calendar,
            local_date(now),
            now,
            timedelta(hours=hours),
        )
        for call in sorted(calls, key=lambda one: (one.cut_off, one.monday)):
            for family_id in await families_without_booking(connection, call):
                one = Called(family_id=family_id, monday=call.monday, cut_off=call.cut_off)
                found.setdefault(family_id, one)
    return CalledFamilies(items=list(found.values()))
