"""The door of a roster: what a team must know of its children today."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from accounts.centre_sight import sight_of
from accounts.domain.child import Diet
from accounts.domain.reading import OPENED_BY, Part
from accounts.resources import ResourcesOf
from accounts.use_cases.read_roster import read_roster
from chassis.auth import Principal
from chassis.runtime import RuntimeOf

from .callers import reader_of, roles_only

router = APIRouter(prefix="/v1/staff", tags=["health"])

_READERS = OPENED_BY[Part.HEALTH]


class RosterIn(BaseModel):
    child_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    day: date


class RosterNoteOut(BaseModel):
    child_id: UUID
    diet: Diet | None
    care_plan: bool
    allergies: list[str]


class RosterOut(BaseModel):
    items: list[RosterNoteOut]


@router.post("/rosters")
async def roster_notes(
    body: RosterIn,
    principal: Annotated[Principal, roles_only(_READERS)],
    runtime: RuntimeOf,
    own: ResourcesOf,
) -> RosterOut:
    """A body rather than an address: which children are together is nobody else's business.

    Children of other centres than the caller's are left out, as unknown ones are.
    """
    sight = await sight_of(runtime.peers, principal, _READERS, child_ids=body.child_ids)
    seen = [one for one in dict.fromkeys(body.child_ids) if sight.sees_child(one)]
    async with runtime.database.transaction() as transaction:
        found = await read_roster(
            transaction,
            own.master_keys,
            reader_of(principal),
            seen,
            body.day,
            runtime.clock.now(),
        )
    items = [
        RosterNoteOut(
            child_id=one.child_id,
            diet=one.diet,
            care_plan=one.care_plan,
            allergies=list(one.allergies),
        )
        for one in found
    ]
    return RosterOut(items=items)
