"""What goes through the doors about members of staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from accounts.domain.access import Role
from accounts.store.access_records import ActionRecord
from accounts.store.staff import StaffRecord

from .access_schemas import ActionOut
from .family_schemas import FromDomain


class AgentVersion(BaseModel):
    """The version that the administrator was looking at."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class RolesIn(AgentVersion):
    roles: Annotated[list[Role], Field(max_length=len(Role))]


class AgentOut(FromDomain):
    staff_id: UUID
    version: int
    name: str
    roles: list[Role]
    active: bool
    created_at: datetime
    identifier: str
    has_second_factor: bool
    last_sign_in: datetime | None


class AgentsOut(BaseModel):
    items: list[AgentOut]
    page: int
    pages: int
    total: int


class AgentSheet(BaseModel):
    agent: AgentOut
    actions: list[ActionOut]


def agent_out(record: StaffRecord) -> AgentOut:
    return AgentOut.model_validate(record)


def agent_sheet(record: StaffRecord, actions: Sequence[ActionRecord]) -> AgentSheet:
    return AgentSheet(
        agent=agent_out(record), actions=[ActionOut.model_validate(one) for one in actions]
    )
