"""Facts published by enrolment: requests, their decisions, and places taken."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from .event import FamilyEvent, Reach


class RequestKind(StrEnum):
    """What a family may ask for (architecture, section 3)."""

    FAMILY_UPDATE = "family.update"
    CHILD_ADD = "child.add"
    CHILD_UPDATE = "child.update"
    CHILD_HEALTH = "child.health"
    CHILD_AUTHORISATIONS = "child.authorisations"
    CHILD_PHOTO = "child.photo"
    DOCUMENT_SUBMIT = "document.submit"
    FAMILY_PREREGISTER = "family.preregister"
    CREDENTIALS_RESET = "credentials.reset"
    ENROLMENT_OPEN = "enrolment.open"
    SCHOOL_ENROL = "school.enrol"
    BOOKING_REQUEST = "booking.request"
    BOOKING_CANCEL = "booking.cancel"
    ABSENCE_DECLARE = "absence.declare"


class RequestFact(FamilyEvent):
    """What all facts about a request say."""

    request_id: UUID
    number: str = Field(description="Number on the family's receipt, such as D-2026-01342.")
    kind: RequestKind
    child_ids: tuple[UUID, ...] = ()
    days: tuple[date, ...] = ()

    @property
    def aggregate_id(self) -> UUID:
        return self.request_id


class RequestSubmitted(RequestFact):
    """A family asked for something; the authority owes an answer by `due_on`."""

    type: ClassVar[str] = "enrolment.request.submitted.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    submitted_at: datetime
    due_on: date = Field(description="Day from which silence means acceptance (CRPA L.231-1).")


class RequestAccepted(RequestFact):
    """The authority said yes."""

    type: ClassVar[str] = "enrolment.request.accepted.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    decided_at: datetime


class RequestRefused(RequestFact):
    """The authority said no; the reason is for the family only and is not here."""

    type: ClassVar[str] = "enrolment.request.refused.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    decided_at: datetime


class RequestWithdrawn(RequestFact):
    """The family took its request back before it was decided."""

    type: ClassVar[str] = "enrolment.request.withdrawn.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    withdrawn_at: datetime


class RequestApplied(RequestFact):
    """What was accepted is now part of the record."""

    type: ClassVar[str] = "enrolment.request.applied.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    applied_at: datetime


class BookingFact(FamilyEvent):
    """What all facts about a booking say."""

    booking_id: UUID
    child_id: UUID
    activity_id: UUID
    slot_id: UUID
    day: date

    @property
    def aggregate_id(self) -> UUID:
        return self.booking_id


class BookingConfirmed(BookingFact):
    """The child has a place that day."""

    type: ClassVar[str] = "enrolment.booking.confirmed.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    rate_code: str = Field(description="Which rate grid prices this slot, such as `canteen`.")
    confirmed_at: datetime


class BookingCancelled(BookingFact):
    """The child no longer has that place."""

    type: ClassVar[str] = "enrolment.booking.cancelled.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    in_notice: bool = Field(description="Cancelled within the notice period, so not billed.")
    cancelled_at: datetime


class Outcome(StrEnum):
    """What became of one line of a request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class AnnouncedLine(BaseModel):
    """One child and day of a decided request, in words a family reads."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    child_id: UUID
    child_name: str
    slot_label: str
    day: date
    outcome: Outcome


class DecisionAnnounced(FamilyEvent):
    """The decision in the words owed to the family: names and the reason, so ours only."""

    type: ClassVar[str] = "enrolment.decision.announced.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    request_id: UUID
    number: str
    kind: RequestKind
    outcome: Outcome
    reason: str | None = None
    decided_at: datetime
    lines: tuple[AnnouncedLine, ...] = ()

    @property
    def aggregate_id(self) -> UUID:
        return self.request_id
