"""Facts published by accounts: who the families are."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from .enrolment import RequestKind
from .event import Event, FamilyEvent, Reach


class GuardianName(BaseModel):
    """A guardian as other services may show them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    guardian_id: UUID
    given_name: str
    family_name: str
    is_payer: bool = False
    civility: str | None = Field(default=None, description="As on a letter: Mme, M.")
    address: tuple[str, ...] = Field(default=(), description="Postal address, line by line.")


class PayerWeeks(StrEnum):
    """In alternating custody: the ISO weeks whose days a payer is billed for."""

    EVERY = "every"
    EVEN = "even"
    ODD = "odd"


class PayerShare(BaseModel):
    """What part of the family's days one guardian pays."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    guardian_id: UUID
    weeks: PayerWeeks = PayerWeeks.EVERY
    share_per_mille: int = Field(
        default=1000, ge=1, le=1000, description="Thousandths of each of those days."
    )


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
    payers: tuple[PayerShare, ...] = Field(
        default=(), description="Empty: the paying guardians are billed together."
    )

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
    school: str | None = None
    class_name: str | None = None
    alternating_custody: bool = Field(
        default=False, description="Halves the ceiling of the tax credit (CGI 200 quater B)."
    )
    left_on: date | None = Field(
        default=None,
        description="The last day on which the child was of the family's file; none while it is.",
    )

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


class ProposedItem(BaseModel):
    """One thing that a change set would change: its label, never its content (claim check)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    item_id: UUID
    label: str = Field(description="The field as staff read it, such as « Téléphone ».")


class ChangeProposed(FamilyEvent):
    """A family, or staff on its behalf, proposed a change that the authority must validate."""

    type: ClassVar[str] = "accounts.change.proposed.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    request_id: UUID
    number: str = Field(description="Number on the receipt, from accounts' own series.")
    kind: RequestKind
    subject: str = Field(description="Whom or what it is about, as staff read it.")
    child_ids: tuple[UUID, ...] = ()
    items: tuple[ProposedItem, ...] = ()
    replaces: UUID | None = Field(
        default=None, description="The pending request that this one corrects: it is withdrawn."
    )
    submitted_at: datetime
    submitted_by: str = Field(description="Who submitted it, as staff read it.")
    channel: str = Field(description="`portal` or `front_desk`.")

    @property
    def aggregate_id(self) -> UUID:
        return self.request_id


class ChangeApplied(FamilyEvent):
    """What was accepted is now part of the record."""

    type: ClassVar[str] = "accounts.change.applied.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    request_id: UUID
    item_ids: tuple[UUID, ...] = ()
    applied_at: datetime

    @property
    def aggregate_id(self) -> UUID:
        return self.request_id


class ChangeRejected(FamilyEvent):
    """What was accepted could not be applied: staff see why and decide again."""

    type: ClassVar[str] = "accounts.change.rejected.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    request_id: UUID
    why: str = Field(description="A code, such as `version-conflict`.")
    item_ids: tuple[UUID, ...] = Field(default=(), description="The items in the way.")
    rejected_at: datetime

    @property
    def aggregate_id(self) -> UUID:
        return self.request_id


class LinkPurpose(StrEnum):
    """What a single-use link lets its holder do."""

    ACTIVATION = "activation"
    RESET = "reset"


class AccessLinkRequested(FamilyEvent):
    """A single-use link must be sent; address and link are asked from accounts when sending."""

    type: ClassVar[str] = "accounts.access-link.requested.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    link_id: UUID
    account_id: UUID
    purpose: LinkPurpose
    expires_at: datetime

    @property
    def aggregate_id(self) -> UUID:
        return self.link_id


class PasswordChanged(FamilyEvent):
    """The password of a family's or a guardian's access was changed."""

    type: ClassVar[str] = "accounts.password.changed.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    account_id: UUID
    guardian_id: UUID | None = Field(
        default=None, description="Whose own access it is; None for the family's common one."
    )
    changed_at: datetime

    @property
    def aggregate_id(self) -> UUID:
        return self.account_id


class DocumentReminded(FamilyEvent):
    """A supporting document expires soon, or has expired."""

    type: ClassVar[str] = "accounts.document.reminded.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    document_id: UUID
    kind: str = Field(description="Such as `insurance`; never what a health document says.")
    label: str
    child_id: UUID | None = None
    child_name: str | None = None
    expires_on: date

    @property
    def aggregate_id(self) -> UUID:
        return self.document_id


class FamilyErased(FamilyEvent):
    """Forget this family, but for what accounting law keeps; each service answers when done."""

    type: ClassVar[str] = "accounts.family.erased.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    erasure_id: UUID = Field(description="The family's request to be forgotten.")
    child_ids: tuple[UUID, ...] = Field(default=(), description="Its children, forgotten too.")
    erased_at: datetime = Field(description="When the file was emptied.")

    @property
    def aggregate_id(self) -> UUID:
        return self.family_id


class SameChild(BaseModel):
    """A child who stood in both files."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    child_id: UUID = Field(description="The one that stays.")
    absorbed_child_id: UUID


class FamilyMerged(FamilyEvent):
    """Two files were one family: everything of the absorbed one now belongs to `family_id`."""

    type: ClassVar[str] = "accounts.family.merged.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    absorbed_family_id: UUID = Field(description="The file that no longer exists.")
    child_ids: tuple[UUID, ...] = Field(default=(), description="Children who changed family.")
    same_children: tuple[SameChild, ...] = Field(
        default=(), description="Of those, who are a child that the family had already."
    )
    merged_at: datetime = Field(description="When the two became one.")

    @property
    def aggregate_id(self) -> UUID:
        return self.family_id
