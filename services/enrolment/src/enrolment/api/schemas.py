"""What enrolment's HTTP doors take and give; every string and list has a limit."""

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from enrolment.domain.agenda import CellAction, CellCode, Why
from enrolment.domain.request import Channel, LineOutcome, RequestState, Step

from .absence_schemas import AbsenceOut

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _printable(text: str) -> str:
    """PostgreSQL cannot store NUL, and no name or reason needs the other control characters."""
    if _UNPRINTABLE.search(text):
        raise ValueError("control characters are not text")
    return text


def _words(longest: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest)


Label = Annotated[str, _words(80), AfterValidator(_printable)]
Reason = Annotated[str, _words(500), AfterValidator(_printable)]
RateCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
Version = Annotated[int, Field(ge=1, le=2**53)]
Weekday = Annotated[int, Field(ge=1, le=7, description="ISO: Monday is 1.")]
PlaceCount = Annotated[int, Field(ge=0, le=10_000)]
PerAdult = Annotated[int, Field(ge=1, le=100)]
Age = Annotated[int, Field(ge=0, le=25)]


class Input(BaseModel):
    """Unknown fields are refused: a misspelt optional field must not be lost in silence."""

    model_config = ConfigDict(extra="forbid")


class LineIn(Input):
    child_id: UUID
    slot_id: UUID
    day: Day


Lines = Annotated[list[LineIn], Field(min_length=1, max_length=200)]


def no_doubles(lines: list[LineIn]) -> None:
    if len({(line.child_id, line.slot_id, line.day) for line in lines}) < len(lines):
        raise ValueError("a line is there twice")


class RequestIn(Input):
    request_id: UUID
    kind: Literal["booking.request"]
    lines: Lines

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        no_doubles(self.lines)
        return self


class FrontDeskIn(Input):
    """`request_id` may be left out; given, it makes a repeated call the same booking."""

    request_id: UUID | None = None
    family_id: UUID
    lines: Lines
    override_notice: bool = False

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        no_doubles(self.lines)
        return self


class WithdrawIn(Input):
    version: Version | None = None


class RefusedItem(Input):
    item_id: UUID
    reason: Reason


class AcceptIn(Input):
    """`refused_items` are those of a change set that is accepted in part.

    `billable` is how staff rule about a declared absence; left out, its reason decides.
    """

    version: Version
    billable: bool | None = None
    refused_items: Annotated[list[RefusedItem], Field(max_length=200)] = []


class RefuseIn(Input):
    version: Version
    reason: Reason


class ReverseIn(RefuseIn):
    """`over_capacity`: one child more than there are places, when the place has passed on."""

    over_capacity: bool = False


class ChildOut(BaseModel):
    child_id: UUID
    given_name: str
    family_name: str


class CellOut(BaseModel):
    """One slot of one child on one day (domain facts, section 1.2)."""

    child_id: UUID
    slot_id: UUID
    day: date
    activity_label: str
    slot_label: str
    starts: str = Field(description="Hour in France, as 07:15.")
    ends: str
    rate_code: str
    state: CellCode
    note: str | None
    reason: str | None = Field(description="A whole French sentence.")
    cut_off: datetime | None = Field(description="UTC instant from which it is too late.")
    actions: list[CellAction]
    request_id: UUID | None = Field(description="The request that now speaks of the cell.")
    booking_id: UUID | None = None
    offered_until: datetime | None = Field(
        default=None, description="Until when an offered place is kept; the state is `waitlisted`."
    )


class DayOut(BaseModel):
    date: date
    cells: list[CellOut]


class AgendaOut(BaseModel):
    children: list[ChildOut]
    days: list[DayOut]
    pending: int = Field(description="Requests of the family that wait for an answer.")


class MonthOut(AgendaOut):
    month: str


class OfferedPlaceOut(BaseModel):
    """A place kept for a child: whatever its day, the family may accept it until then."""

    model_config = ConfigDict(from_attributes=True)

    booking_id: UUID
    child_id: UUID
    child_name: str
    slot_label: str
    day: date
    until: datetime


class WeekOut(AgendaOut):
    """`from` is the first of the seven days."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    first: date = Field(alias="from")
    offers: list[OfferedPlaceOut] = Field(description="The most pressing first, 20 at most.")


class LineOut(BaseModel):
    child_id: UUID
    slot_id: UUID
    day: date
    outcome: LineOutcome
    why: Why | None = Field(description="Why it could not be requested, for programs.")
    reason: str | None = Field(description="The same, for people.")


class NamedLineOut(LineOut):
    child_name: str
    slot_label: str
    activity_label: str
    centre_name: str
    offered_until: datetime | None = None


class ReceiptOut(BaseModel):
    """The receipt owed at once (CRPA L.112-11)."""

    service: str
    phone: str
    email: str
    silence: str


class ChangedItem(BaseModel):
    """One thing that a change set would change, by its label."""

    item_id: UUID
    label: str
    outcome: LineOutcome
    reason: str | None


class RequestItem(BaseModel):
    """`submitted_by` and `channel` say when somebody asked on the family's behalf."""

    request_id: UUID
    number: str
    kind: str
    state: RequestState
    version: int
    submitted_at: datetime
    due_on: date
    decided_at: datetime | None
    reason: str | None
    submitted_by: str
    channel: Channel
    child_names: list[str]
    child_ids: list[UUID]
    days: list[date]
    object: str
    subject: str | None
    offered_until: datetime | None = Field(
        default=None, description="The first end of the offers that wait for the family's answer."
    )
    items: list[ChangedItem]


class RequestOut(RequestItem):
    lines: list[NamedLineOut]
    receipt: ReceiptOut


class StaffRequestItem(RequestItem):
    family_id: UUID
    family_name: str
    family_reference: str


class TransitionOut(BaseModel):
    version: int
    step: Step
    state: RequestState
    at: datetime
    actor_name: str
    channel: Channel
    on_behalf_of: UUID | None
    rule: str | None
    reason: str | None


class StaffLineOut(NamedLineOut):
    """With the places of the day, for the child's age group, and whether notice was kept."""

    age_group: str
    capacity: int | None
    booked: int | None
    held: int | None
    cut_off: datetime | None
    in_notice: bool


class StaffRequestOut(StaffRequestItem):
    lines: list[StaffLineOut]
    transitions: list[TransitionOut]
    absences: list[AbsenceOut] = []


class Listing(BaseModel):
    page: int
    pages: int
    total: int


class RequestList(Listing):
    items: list[RequestItem]


class StaffRequestList(Listing):
    items: list[StaffRequestItem]


class PendingCount(BaseModel):
    pending: int
