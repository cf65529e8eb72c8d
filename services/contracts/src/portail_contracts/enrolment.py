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


class CentreFact(FamilyEvent):
    """What all facts say that happen in a centre: a partner may be given those of some only."""

    activity_id: UUID = Field(description="The activity, such as a canteen.")
    centre_id: UUID | None = Field(
        default=None, description="The centre of the activity; null in events of before 2026-12."
    )


class RequestFact(FamilyEvent):
    """What all facts about a request say."""

    request_id: UUID = Field(description="The request; the same in all facts about it.")
    number: str = Field(description="Number on the family's receipt, such as D-2026-01342.")
    kind: RequestKind = Field(description="What was asked for.")
    child_ids: tuple[UUID, ...] = Field(
        default=(), description="The children it is about; empty: the family itself."
    )
    days: tuple[date, ...] = Field(
        default=(), description="The days asked for; empty when the request is not about days."
    )

    @property
    def aggregate_id(self) -> UUID:
        return self.request_id


class RequestSubmitted(RequestFact):
    """A family asked for something; the authority owes an answer by `due_on`."""

    type: ClassVar[str] = "enrolment.request.submitted.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    submitted_at: datetime = Field(description="When the family has its receipt.")
    due_on: date = Field(description="Day from which silence means acceptance (CRPA L.231-1).")


class RequestAccepted(RequestFact):
    """The authority said yes."""

    type: ClassVar[str] = "enrolment.request.accepted.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    item_ids: tuple[UUID, ...] = Field(
        default=(), description="The items accepted of a change set; empty: all of it."
    )

    decided_at: datetime = Field(description="When it was decided.")


class RequestRefused(RequestFact):
    """The authority said no; the reason is for the family only and is not here."""

    type: ClassVar[str] = "enrolment.request.refused.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    decided_at: datetime = Field(description="When it was decided.")


class RequestWithdrawn(RequestFact):
    """The family took its request back before it was decided."""

    type: ClassVar[str] = "enrolment.request.withdrawn.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    withdrawn_at: datetime = Field(description="When the family took it back.")


class RequestApplied(RequestFact):
    """What was accepted is now part of the record."""

    type: ClassVar[str] = "enrolment.request.applied.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    applied_at: datetime = Field(description="When the record was changed.")


class BookingFact(CentreFact):
    """What all facts about a booking say."""

    booking_id: UUID = Field(description="The booking: one child, one slot, one day.")
    child_id: UUID = Field(description="The child.")
    slot_id: UUID = Field(description="The part of the day, such as a meal or a whole day.")
    day: date = Field(description="The day the place is for.")

    @property
    def aggregate_id(self) -> UUID:
        return self.booking_id


class BookingConfirmed(BookingFact):
    """The child has a place that day."""

    type: ClassVar[str] = "enrolment.booking.confirmed.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    rate_code: str = Field(description="Which rate grid prices this slot, such as `canteen`.")
    confirmed_at: datetime = Field(description="When the place became the child's.")


class BookingCancelled(BookingFact):
    """The child no longer has that place."""

    type: ClassVar[str] = "enrolment.booking.cancelled.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    in_notice: bool = Field(description="Cancelled within the notice period, so not billed.")
    cancelled_at: datetime = Field(description="When the place was given back.")


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


class AnnouncedItem(BaseModel):
    """One item of a decided change set, by its label."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    label: str
    outcome: Outcome
    reason: str | None = None


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
    subject: str | None = Field(default=None, description="Whom a change set is about.")
    items: tuple[AnnouncedItem, ...] = ()

    @property
    def aggregate_id(self) -> UUID:
        return self.request_id


class EnrolmentFact(CentreFact):
    """What all facts about a child's enrolment in an activity say."""

    enrolment_id: UUID = Field(description="The enrolment: one child in one activity.")
    child_id: UUID = Field(description="The child.")

    @property
    def aggregate_id(self) -> UUID:
        return self.enrolment_id


class EnrolmentOpened(EnrolmentFact):
    """The child may book days of the activity in that period."""

    type: ClassVar[str] = "enrolment.enrolment.opened.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    first_day: date = Field(description="First day that may be booked.")
    last_day: date = Field(description="Last day that may be booked.")


class EnrolmentEnded(EnrolmentFact):
    """From the day after `last_day` the child may book no more."""

    type: ClassVar[str] = "enrolment.enrolment.ended.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    last_day: date = Field(description="Last day that may be booked.")


class PlaceWaitlisted(BookingFact):
    """No place was left: the child is in the waiting list."""

    type: ClassVar[str] = "enrolment.place.waitlisted.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    rank: int = Field(ge=1, description="Rank at that moment, first is 1.")


class PlaceOffered(BookingFact):
    """A freed place is kept for the first in line until it expires."""

    type: ClassVar[str] = "enrolment.place.offered.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    expires_at: datetime = Field(description="Until when the family may take it.")


class OfferAnnounced(FamilyEvent):
    """A place is offered, in the words owed to the family: names, so ours only."""

    type: ClassVar[str] = "enrolment.offer.announced.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    booking_id: UUID
    child_id: UUID
    child_name: str
    slot_label: str
    centre_name: str
    day: date
    expires_at: datetime

    @property
    def aggregate_id(self) -> UUID:
        return self.booking_id


class AbsenceFact(BookingFact):
    """What all facts about an absence say; its reason stays in enrolment."""

    absence_id: UUID = Field(description="The absence; the same in all facts about it.")

    @property
    def aggregate_id(self) -> UUID:
        return self.absence_id


class AbsenceDeclared(AbsenceFact):
    """The family said that the child will not come, or did not come."""

    type: ClassVar[str] = "enrolment.absence.declared.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    declared_at: datetime = Field(description="When the family said it.")
    in_notice: bool = Field(description="Said before the cut-off of the notice period.")


class AbsenceAccepted(AbsenceFact):
    """The authority took note of the absence and said what it does to the bill."""

    type: ClassVar[str] = "enrolment.absence.accepted.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    justified: bool = Field(description="A justification was accepted.")
    billable: bool = Field(description="False: the day is not billed, or credited if it was.")
    in_notice: bool = Field(description="Said before the cut-off of the notice period.")
    waiting_day: bool = Field(default=False, description="Billed as a jour de carence.")
    rate_code: str = Field(description="Which rate grid prices this slot, such as `canteen`.")
    decided_at: datetime = Field(description="When it was decided.")


class AbsenceRefused(AbsenceFact):
    """The declaration was refused: the day stays billed."""

    type: ClassVar[str] = "enrolment.absence.refused.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    decided_at: datetime = Field(description="When it was decided.")


class AbsenceWithdrawn(AbsenceFact):
    """The family took its declaration back before it was decided: the child is expected again."""

    type: ClassVar[str] = "enrolment.absence.withdrawn.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    withdrawn_at: datetime = Field(description="When the family took it back.")


class AbsenceReversed(AbsenceFact):
    """The authority took back an absence that it had accepted: the child is expected again."""

    type: ClassVar[str] = "enrolment.absence.reversed.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    reversed_at: datetime = Field(description="When it was taken back.")


class Presence(StrEnum):
    """What was pointed on the day."""

    PRESENT = "present"
    ABSENT = "absent"
    LEFT = "left"


class AttendanceRecorded(CentreFact):
    """The team pointed a child; a later fact about the same attendance corrects it."""

    type: ClassVar[str] = "enrolment.attendance.recorded.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    attendance_id: UUID = Field(description="The attendance: one child, one slot, one day.")
    booking_id: UUID | None = Field(default=None, description="None: the child came unbooked.")
    child_id: UUID = Field(description="The child.")
    slot_id: UUID = Field(description="The part of the day, such as a meal or a whole day.")
    day: date = Field(description="The day that was pointed.")
    presence: Presence = Field(description="What was seen.")
    rate_code: str = Field(description="Which rate grid prices this slot, such as `canteen`.")
    recorded_at: datetime = Field(description="When it was pointed or corrected.")

    @property
    def aggregate_id(self) -> UUID:
        return self.attendance_id


class ClosureAnnounced(FamilyEvent):
    """Days that a family had booked are closed, in the words owed to it."""

    type: ClassVar[str] = "enrolment.closure.announced.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    closure_id: UUID
    label: str
    lines: tuple[AnnouncedLine, ...] = ()
    announced_at: datetime

    @property
    def aggregate_id(self) -> UUID:
        return self.closure_id


class ReversalAnnounced(FamilyEvent):
    """An accepted absence was taken back, in the words owed to the family: ours only."""

    type: ClassVar[str] = "enrolment.reversal.announced.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    absence_id: UUID
    request_id: UUID
    number: str
    child_id: UUID
    child_name: str
    slot_label: str
    day: date
    reason: str
    announced_at: datetime

    @property
    def aggregate_id(self) -> UUID:
        return self.absence_id


class Reopened(StrEnum):
    """What a booking that a closure had cancelled is when its day opens again."""

    BOOKED = "booked"
    REQUESTED = "requested"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


class ReopenedLine(BaseModel):
    """One child and day of a closure that was lifted, in words a family reads."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    child_id: UUID
    child_name: str
    slot_label: str
    day: date
    became: Reopened


class ReopeningAnnounced(FamilyEvent):
    """Days that had been closed open again, in the words owed to the family."""

    type: ClassVar[str] = "enrolment.reopening.announced.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    closure_id: UUID
    label: str
    lines: tuple[ReopenedLine, ...] = ()
    announced_at: datetime

    @property
    def aggregate_id(self) -> UUID:
        return self.closure_id


class EnrolmentErasureCompleted(FamilyEvent):
    """Enrolment has forgotten the family."""

    type: ClassVar[str] = "enrolment.erasure.completed.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    erasure_id: UUID
    kept: tuple[str, ...] = Field(default=(), description="What the law keeps, and which law.")

    @property
    def aggregate_id(self) -> UUID:
        return self.erasure_id
