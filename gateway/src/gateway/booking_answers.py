"""What enrolment answers about days, absences, enrolments and subscribed calendars."""

from datetime import date
from typing import Literal
from uuid import UUID

from .answers import Answer, Instant

Effect = Literal["free", "waiting_day", "billed", "undecided"]


class NamedLine(Answer):
    """One child, slot and day, with its answer."""

    child_id: UUID
    slot_id: UUID
    day: date
    outcome: str
    why: str | None = None
    reason: str | None = None
    child_name: str = ""
    slot_label: str = ""
    activity_label: str = ""
    centre_name: str = ""

    @property
    def was_requested(self) -> bool:
        return self.why is None


class Preview(Answer):
    lines: tuple[NamedLine, ...] = ()


class AbsenceLine(NamedLine):
    effect: Effect | None = None
    in_notice: bool = True


class AbsencePreview(Answer):
    lines: tuple[AbsenceLine, ...] = ()
    document_due_at: Instant | None = None


class Reason(Answer):
    code: str
    label: str
    needs_text: bool = False
    needs_document: bool = False


class Reasons(Answer):
    items: tuple[Reason, ...] = ()


class OfferedSlot(Answer):
    slot_id: UUID
    label: str
    starts: str
    ends: str
    meal: bool = False


class OfferedActivity(Answer):
    activity_id: UUID
    label: str
    centre_name: str
    season: str
    kind: str
    weekdays: tuple[int, ...] = ()
    needs_enrolment: bool = False
    slots: tuple[OfferedSlot, ...] = ()


class OfferedActivities(Answer):
    items: tuple[OfferedActivity, ...] = ()


class Enrolment(Answer):
    enrolment_id: UUID
    request_id: UUID
    request_number: str
    child_id: UUID
    activity_label: str
    centre_name: str
    first_day: date
    last_day: date
    state: str


class SchoolEnrolment(Answer):
    enrolment_id: UUID
    request_id: UUID
    request_number: str
    child_id: UUID
    school_name: str
    level_label: str
    school_year: int
    state: str


class Enrolments(Answer):
    activities: tuple[Enrolment, ...] = ()
    schools: tuple[SchoolEnrolment, ...] = ()


class SchoolChoice(Answer):
    school_id: UUID
    name: str


class Choice(Answer):
    code: str
    label: str


class SchoolChoices(Answer):
    schools: tuple[SchoolChoice, ...] = ()
    levels: tuple[Choice, ...] = ()
    documents: tuple[Choice, ...] = ()
    years: tuple[int, ...] = ()


class Feed(Answer):
    feed_id: UUID
    created_at: Instant


class Feeds(Answer):
    items: tuple[Feed, ...] = ()


class NewFeed(Feed):
    secret: str
