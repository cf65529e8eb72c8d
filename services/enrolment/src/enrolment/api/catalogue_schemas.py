"""What the doors of the catalogue take and give: centres, activities, open days, closures."""

from datetime import date, time
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from enrolment.domain.activity import Season
from enrolment.domain.notice import MAX_COUNT, Anchor, NoticeAction

from .schemas import Age, Day, Input, Label, Listing, PlaceCount, RateCode, Weekday


class CentreIn(Input):
    centre_id: UUID | None = None
    name: Label


class CentreOut(BaseModel):
    centre_id: UUID
    name: str


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


class CapacityIn(Input):
    under_six: PlaceCount
    six_and_over: PlaceCount


class ActivityIn(Input):
    activity_id: UUID | None = None
    centre_id: UUID
    label: Label
    season: Season
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    capacity: CapacityIn
    slots: Annotated[list[SlotIn], Field(min_length=1, max_length=20)]
    notice_rules: Annotated[list[NoticeRuleIn], Field(max_length=10, default_factory=list)]
    position: Annotated[int, Field(ge=0, le=10_000)] = 0


class SlotOut(BaseModel):
    slot_id: UUID
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


class CapacityOut(BaseModel):
    under_six: int
    six_and_over: int


class ActivityOut(BaseModel):
    activity_id: UUID
    centre_id: UUID
    label: str
    season: Season
    weekdays: list[int]
    capacity: CapacityOut
    slots: list[SlotOut]
    notice_rules: list[NoticeRuleOut]


class ActivityList(Listing):
    items: list[ActivityOut]
    centres: list[CentreOut]


class OpenDaysIn(Input):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _days_in_order(self.first, self.last)
        return self


class OpenedOut(BaseModel):
    opened: int = Field(description="Days that were not open before.")


class ClosureIn(Input):
    """Without centre and activity the closure is for the whole service."""

    centre_id: UUID | None = None
    activity_id: UUID | None = None
    first_day: Day
    last_day: Day
    label: Label

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _days_in_order(self.first_day, self.last_day)
        return self


class ClosureOut(BaseModel):
    closure_id: UUID


def _days_in_order(first: date, last: date) -> None:
    if first > last or (last - first).days > 400:
        raise ValueError("from the first day to the last, a little more than a year at most")
