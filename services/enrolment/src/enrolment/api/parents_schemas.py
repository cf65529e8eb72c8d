"""What families send and read beyond the agenda: absences, several days, enrolments, offers."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from enrolment.domain.absence import Effect
from enrolment.domain.enrolled import EnrolmentState

from .catalogue_schemas import SlotOut
from .schemas import Day, Input, Lines, NamedLineOut, RateCode, Reason, Weekday, no_doubles

Children = Annotated[list[UUID], Field(min_length=1, max_length=20)]
MOST_LINES = 600
"""Three children on every school day of a year are 420."""


class CancelIn(Input):
    request_id: UUID
    lines: Lines

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        no_doubles(self.lines)
        return self


class AbsenceFields(Input):
    """Without `slot_id` every slot that the children are booked for, between the two days."""

    child_ids: Children
    first_day: Day
    last_day: Day
    slot_id: UUID | None = None
    reason: RateCode
    reason_text: Reason | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_day > self.last_day or (self.last_day - self.first_day).days > 100:
            raise ValueError("from the first day to the last, a hundred days at most")
        return self


class AbsenceIn(AbsenceFields):
    request_id: UUID


class AbsenceLineOut(NamedLineOut):
    """`effect` is what the absence does to the bill; none when it cannot be declared."""

    effect: Effect | None
    in_notice: bool


class AbsencePreviewOut(BaseModel):
    lines: list[AbsenceLineOut]
    document_due_at: datetime | None = Field(description="Until when a document is awaited.")


class OwnReasonOut(BaseModel):
    """A reason that a family may choose."""

    code: str
    label: str
    needs_text: bool
    needs_document: bool


class OwnReasonList(BaseModel):
    items: list[OwnReasonOut]


class SeveralFields(Input):
    """Children × slots × days: `weekdays` between two days, or the days of a list."""

    child_ids: Children
    slot_ids: Annotated[list[UUID], Field(min_length=1, max_length=10)]
    days: Annotated[list[Day], Field(max_length=100, default_factory=list)]
    weekdays: Annotated[list[Weekday], Field(max_length=7, default_factory=list)]
    first_day: Day | None = None
    last_day: Day | None = None

    @model_validator(mode="after")
    def _days_or_pattern(self) -> Self:
        pattern = (bool(self.weekdays), self.first_day is not None, self.last_day is not None)
        if any(pattern) and not all(pattern):
            raise ValueError("a pattern is weekdays between two days")
        if not self.days and not self.weekdays:
            raise ValueError("days, or weekdays between two days")
        return self


class SeveralIn(SeveralFields):
    request_id: UUID


class PreviewOut(BaseModel):
    """What each line would be answered now; nothing is kept."""

    lines: list[NamedLineOut]


class ActivityForFamilyOut(BaseModel):
    """An activity as a family may ask for it."""

    activity_id: UUID
    label: str
    centre_name: str
    season: str
    kind: str
    weekdays: list[int]
    needs_enrolment: bool
    slots: list[SlotOut]


class ActivitiesForFamilyOut(BaseModel):
    items: list[ActivityForFamilyOut]


class EnrolmentIn(Input):
    request_id: UUID
    child_id: UUID
    activity_id: UUID
    first_day: Day
    last_day: Day


class SchoolEnrolmentIn(Input):
    request_id: UUID
    child_id: UUID
    school_id: UUID
    level: Annotated[str, Field(max_length=10)]
    school_year: Annotated[int, Field(ge=2000, le=2099)]
    documents: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=10)]


class EnrolmentOut(BaseModel):
    enrolment_id: UUID
    request_id: UUID
    request_number: str
    child_id: UUID
    activity_id: UUID
    activity_label: str
    centre_name: str
    first_day: date
    last_day: date
    state: EnrolmentState


class SchoolEnrolmentOut(BaseModel):
    enrolment_id: UUID
    request_id: UUID
    request_number: str
    child_id: UUID
    school_name: str
    level: str
    level_label: str
    school_year: int
    documents: list[str]
    state: EnrolmentState


class EnrolmentsOut(BaseModel):
    activities: list[EnrolmentOut]
    schools: list[SchoolEnrolmentOut]


class SchoolChoice(BaseModel):
    school_id: UUID
    name: str


class Choice(BaseModel):
    code: str
    label: str


class SchoolChoicesOut(BaseModel):
    schools: list[SchoolChoice]
    levels: list[Choice]
    documents: list[Choice]
    years: list[int]


class FeedOut(BaseModel):
    feed_id: UUID
    created_at: datetime


class FeedList(BaseModel):
    items: list[FeedOut]


class NewFeedOut(FeedOut):
    secret: str = Field(description="Shown this once: only its hash is kept.")


class EndEnrolmentIn(Input):
    last_day: Day
    confirmed: bool = False
