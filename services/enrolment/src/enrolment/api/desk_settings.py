"""The administration's doors for programs: teams of the centres, reasons at hand for refusals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chassis.auth import Audience, allow
from chassis.identifiers import new_id
from chassis.runtime import RuntimeOf
from enrolment.store.refusal_reasons import RefusalReason
from enrolment.use_cases.assign_centres import assign_centres
from enrolment.use_cases.edit_refusal_reasons import write_refusal_reason

from .schemas import Input, Label, Reason

router = APIRouter(prefix="/v1/staff", tags=["desk"], dependencies=[allow(Audience.ADMIN)])


class TeamIn(Input):
    """All centres of the agent; an empty list takes them away."""

    centre_ids: Annotated[list[UUID], Field(max_length=100)]


class TeamOut(BaseModel):
    staff_id: UUID
    centre_ids: list[UUID]


class RefusalReasonIn(Input):
    """`words` is what the family will read."""

    label: Label
    words: Reason


class RefusalReasonOut(RefusalReasonIn):
    reason_id: UUID


@router.post("/teams/{staff_id}")
async def set_team(runtime: RuntimeOf, staff_id: UUID, body: TeamIn) -> TeamOut:
    """404 for an agent or a centre that is not known (yet)."""
    async with runtime.database.transaction() as transaction:
        await assign_centres(transaction, staff_id, set(body.centre_ids))
    return TeamOut(staff_id=staff_id, centre_ids=sorted(set(body.centre_ids)))


@router.post("/refusal-reasons", status_code=201)
async def add_refusal_reason(runtime: RuntimeOf, body: RefusalReasonIn) -> RefusalReasonOut:
    reason = RefusalReason(new_id(), body.label, body.words)
    async with runtime.database.transaction() as transaction:
        await write_refusal_reason(transaction, reason)
    return RefusalReasonOut(reason_id=reason.reason_id, label=reason.label, words=reason.words)
