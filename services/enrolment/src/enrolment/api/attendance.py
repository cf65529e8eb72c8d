"""Doors for attendance: a slot's day, and pointing it from another program than the console."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.auth import Audience, Principal, allow
from chassis.runtime import RuntimeOf
from enrolment.domain.activity import Slot
from enrolment.domain.attendance import Presence
from enrolment.domain.request import Actor, Channel
from enrolment.domain.submission import NotFound
from enrolment.store.attendance import Entry, roster
from enrolment.store.catalogue import catalogue_of_slots
from enrolment.use_cases.point_attendance import Pointing, point_attendance
from enrolment.use_cases.sight import sight_of

from .schemas import Day, Input

router = APIRouter(prefix="/v1/staff/attendance", tags=["attendance"])

Pointer = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.CENTRE)]


class PointedIn(Input):
    child_id: UUID
    presence: Presence


class PointingIn(Input):
    """Children of one slot on one day; each is corrected when it was pointed before."""

    slot_id: UUID
    day: Day
    children: Annotated[list[PointedIn], Field(min_length=1, max_length=200)]


class PointedOut(BaseModel):
    pointed: int


class EntryOut(BaseModel):
    """A child expected that day, or who came without a booking."""

    child_id: UUID
    given_name: str
    family_name: str
    booking_id: UUID | None
    absent_told: bool
    presence: Presence | None


class RosterOut(BaseModel):
    items: list[EntryOut]


@router.get("/{slot_id}/{day}")
async def slot_of_day(
    runtime: RuntimeOf, principal: Pointer, slot_id: UUID, day: date
) -> RosterOut:
    """In the order of the names; a slot holds as many as a centre receives."""
    async with runtime.database.reading() as connection:
        slot = await _seen(connection, principal, slot_id)
        found = await roster(connection, [slot.activity_id], day)
    return RosterOut(items=[_out(one) for one in found.get((day, slot_id), [])])


@router.post("")
async def point(runtime: RuntimeOf, principal: Pointer, body: PointingIn) -> PointedOut:
    """One transaction a child: families are locked one by one, as everywhere."""
    async with runtime.database.reading() as connection:
        await _seen(connection, principal, body.slot_id)
    actor = Actor(principal.id, principal.name, Channel.CONSOLE)
    for one in body.children:
        pointing = Pointing(one.child_id, body.slot_id, body.day, one.presence, actor)
        async with runtime.database.transaction() as transaction:
            await point_attendance(transaction, pointing, now=runtime.clock.now())
    return PointedOut(pointed=len(body.children))


async def _seen(connection: AsyncConnection, principal: Principal, slot_id: UUID) -> Slot:
    """Raises NotFound, also for a slot of a centre that is not the agent's."""
    sight = await sight_of(connection, principal)
    catalogue = await catalogue_of_slots(connection, [slot_id])
    slot = catalogue.slots.get(slot_id)
    if slot is None or not sight.sees(catalogue.centre_of(slot).centre_id):
        raise NotFound
    return slot


def _out(one: Entry) -> EntryOut:
    return EntryOut.model_validate(one, from_attributes=True)
