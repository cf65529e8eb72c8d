"""Facts published by accounts: who the families are."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from .event import Event, FamilyEvent, Reach


class GuardianName(BaseModel):
    """A guardian as other services may show them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    guardian_id: UUID
    given_name: str
    family_name: str
    is_payer: bool = False


class QuotientPeriod(BaseModel):
    """A quotient familial and the days it holds for, upper bound excluded."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    valid_from: date
    valid_to: date | None = Field(default=None, description="First day it no longer holds.")
    value: int = Field(
        ge=0, description="Quotient familial, in whole euros as CAF and MSA give it."
    )


class FamilyRecorded(FamilyEvent):
    """The family as it now stands: a whole snapshot, so that a late consumer needs no history."""

    type: ClassVar[str] = "accounts.family.recorded.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    reference: str = Field(description="The family's own identifier, printed on its letters.")
    name: str
    resident: bool = Field(description="Lives in the authority's territory.")
    guardians: tuple[GuardianName, ...] = ()
    quotients: tuple[QuotientPeriod, ...] = ()

    @property
    def aggregate_id(self) -> UUID:
        return self.family_id


class ChildRecorded(FamilyEvent):
    """The child as it now stands, without anything about health."""

    type: ClassVar[str] = "accounts.child.recorded.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    child_id: UUID
    given_name: str
    family_name: str
    born_on: date

    @property
    def aggregate_id(self) -> UUID:
        return self.child_id


class StaffMemberRecorded(Event):
    """A member of staff, so that other services can name who decided."""

    type: ClassVar[str] = "accounts.staff-member.recorded.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    staff_id: UUID
    name: str
    roles: tuple[str, ...] = ()
    active: bool = True

    @property
    def aggregate_id(self) -> UUID:
        return self.staff_id
