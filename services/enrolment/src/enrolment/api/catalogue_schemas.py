"""What the doors of the catalogue take and give: centres, activities, open days, closures."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from enrolment.domain.absence import Billing, Proof
from enrolment.domain.activity import ActivityKind, Season
from enrolment.domain.centre_contact import MOST_A_DAY, CentreContact, Opening, mistakes_in
from enrolment.domain.notice import MAX_COUNT, Anchor, NoticeAction
from enrolment.domain.places import AgeGroup

from .schemas import (
    Age,
    Day,
    Input,
    Label,
    Listing,
    PerAdult,
    PlaceCount,
    RateCode,
    Version,
    Weekday,
)


class CapacityIn(Input):
    under_six: PlaceCount
    six_and_over: PlaceCount


class CapacityOut(BaseModel):
    under_six: int
    six_and_over: int


class OpeningIn(Input):
    weekday: Weekday
    opens: time
    closes: time


class CentreContactIn(Input):
    """How families reach the centre; at most a morning and an afternoon of each day."""

    phone: Annotated[str, Field(max_length=30)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    openings: Annotated[tuple[OpeningIn, ...], Field(max_length=7 * MOST_A_DAY)] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if any(one.opens.tzinfo or one.closes.tzinfo for one in self.openings):
            raise ValueError("hours are on a clock in France")
        if len({(one.weekday, one.opens) for one in self.openings}) < len(self.openings):
            raise ValueError("a day opens once at each hour")
        if wrong := mistakes_in(self.as_contact()):
            raise ValueError(" ".join(wrong.values()))
        return self

    def as_contact(self) -> CentreContact:
        openings = [Opening(one.weekday, one.opens, one.closes) for one in self.openings]
        return CentreContact(self.phone, self.email, tuple(sorted(openings)))


class CentreIn(Input):
    """`licensed` is the capacity of its agrément."""

    centre_id: UUID | None = None
    name: Label
    licensed: CapacityIn | None = None
    contact: CentreContactIn | None = None


class CentreEditIn(Input):
    """Without `contact`, what was written of it stays."""

    name: Label
    licensed: CapacityIn | None = None
    contact: CentreContactIn | None = None
    version: Version
    confirmed: bool = False


class CentreOut(BaseModel):
    centre_id: UUID
    name: str
    licensed: CapacityOut | None = None
    version: int = 1


class SlotIn(Input):
    slot_id: UUID | None = None
    label: Label
    starts: time
    ends: time
    meal: bool = False
    rate_code: RateCode
    min_age: Age | None = None
    max_age: Age | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts.tzinfo or self.ends.tzinfo or self.starts >= self.ends:
            raise ValueError("a slot starts before it ends, on a clock in France")
        if None not in (self.min_age, self.max_age) and self.min_age > self.max_age:  # type: ignore[operator]
            raise ValueError("the youngest is not older than the oldest")
        return self


class NoticeRuleIn(Input):
    """`count` goes back from the anchor; `weekday` with `weekday_of_previous_week` only."""

    action: NoticeAction
    anchor: Anchor
    count: Annotated[int, Field(ge=0, le=MAX_COUNT)]
    at: time
    weekday: Weekday | None = None


Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2099, 12, 31, tzinfo=UTC)),
]


class WindowIn(Input):
    """Days that families may ask for from `opens_at` on, and until `closes_at` when given."""

    window_id: UUID | None = None
    first_day: Day
    last_day: Day
    opens_at: Instant
    closes_at: Instant | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days_in_order(self.first_day, self.last_day)
        if self.closes_at is not None and self.closes_at <= self.opens_at:
            raise ValueError("a window opens before it closes")
        return self


class StaffingIn(Input):
    """Children per adult; left out where no ratio is watched."""

    under_six: PerAdult | None = None
    six_and_over: PerAdult | None = None


class ActivityFields(Input):
    label: Label
    season: Season
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    capacity: CapacityIn
    slots: Annotated[list[SlotIn], Field(min_length=1, max_length=20)]
    notice_rules: Annotated[list[NoticeRuleIn], Field(max_length=10, default_factory=list)]
    kind: ActivityKind = ActivityKind.WEDNESDAY
    needs_enrolment: bool = False
    waiting_list: bool = False
    offer_hours: Annotated[int, Field(ge=1, le=720)] = 48
    overbooking: Annotated[int, Field(ge=0, le=1_000)] = 0
    staffing: Annotated[StaffingIn, Field(default_factory=StaffingIn)]
    windows: Annotated[list[WindowIn], Field(max_length=40, default_factory=list)]


class ActivityEditIn(ActivityFields):
    """The whole activity as it shall be, made from `version`.

    `confirmed` is needed when the change hurts somebody: the answer without it says whom.
    """

    version: Version
    confirmed: bool = False


class ActivityIn(ActivityFields):
    activity_id: UUID | None = None
    centre_id: UUID
    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    confirmed: bool = False


class SlotOut(BaseModel):
    slot_id: UUID
    active: bool
    label: str
    starts: str
    ends: str
    meal: bool
    rate_code: str
    min_age: int | None
    max_age: int | None


class NoticeRuleOut(BaseModel):
    action: NoticeAction
    anchor: Anchor
    count: int
    at: str
    weekday: int | None


class StaffingOut(BaseModel):
    under_six: int | None
    six_and_over: int | None


class WindowOut(BaseModel):
    window_id: UUID
    first_day: date
    last_day: date
    opens_at: datetime
    closes_at: datetime | None


class ActivityOut(BaseModel):
    activity_id: UUID
    centre_id: UUID
    label: str
    season: Season
    weekdays: list[int]
    capacity: CapacityOut
    slots: list[SlotOut]
    notice_rules: list[NoticeRuleOut]
    kind: ActivityKind
    needs_enrolment: bool
    waiting_list: bool
    offer_hours: int
    overbooking: int
    staffing: StaffingOut
    windows: list[WindowOut]
    version: int


class ActivityList(Listing):
    items: list[ActivityOut]
    centres: list[CentreOut]


class OpenDaysIn(Input):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days_in_order(self.first, self.last)
        return self


class OpenedOut(BaseModel):
    opened: int = Field(description="Days that were not open before.")


class CapacityEditIn(Input):
    """One day's places for one age group."""

    day: Day
    age_group: AgeGroup
    capacity: PlaceCount
    confirmed: bool = False


class ReasonIn(Input):
    """A reason of absence, written over the one of the same code."""

    label: Label
    proof: Proof = Proof.NONE
    proof_hours: Annotated[int, Field(ge=1, le=1_000)] | None = None
    billing: Billing
    waiting_days: Annotated[int, Field(ge=0, le=3)] = 0
    needs_text: bool = False
    staff_only: bool = False
    active: bool = True
    position: Annotated[int, Field(ge=0, le=1_000)] = 0


class ReasonOut(BaseModel):
    code: str
    label: str
    proof: Proof
    proof_hours: int | None
    billing: Billing
    waiting_days: int
    needs_text: bool
    staff_only: bool
    active: bool
    position: int


class SchoolIn(Input):
    school_id: UUID | None = None
    name: Label
    active: bool = True


class SchoolOut(BaseModel):
    school_id: UUID
    name: str
    active: bool


def days_in_order(first: date, last: date) -> None:
    if first > last or (last - first).days > 400:
        raise ValueError("from the first day to the last, a little more than a year at most")
