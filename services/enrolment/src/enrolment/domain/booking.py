"""A booking: one child, one slot, one day."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from .attendance import Presence
from .places import Change


class BookingState(StrEnum):
    """What became of a place that was asked for."""

    REQUESTED = "requested"
    BOOKED = "booked"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    EXPIRED = "expired"
    """The offer was declined, or nobody answered it in time."""
    ABSENT = "absent"
    """The absence was accepted: the place is free for another child."""


TAKING = frozenset({BookingState.REQUESTED, BookingState.BOOKED})
"""States in which the child is expected; the database excludes overlaps among these."""

UNSETTLED = frozenset({BookingState.REQUESTED, BookingState.WAITLISTED, BookingState.OFFERED})
"""States that still wait for somebody."""

_COUNTS = {
    BookingState.REQUESTED: Change(held=1),
    # An offer keeps the place for the family until it answers.
    BookingState.OFFERED: Change(held=1),
    BookingState.BOOKED: Change(booked=1),
    BookingState.WAITLISTED: Change(waiting=1),
}


def counts_as(state: BookingState) -> Change:
    """What a booking in that state adds to the counts of its day."""
    return _COUNTS.get(state, Change())


class AbsenceState(StrEnum):
    """What became of a declared absence."""

    DECLARED = "declared"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"
    """Accepted, and taken back by staff: the child is expected again."""


@dataclass(frozen=True)
class AbsenceMark:
    """The live absence of a booking, as its cell tells it."""

    absence_id: UUID
    request_id: UUID
    state: AbsenceState
    reason_label: str
    justified: bool | None = None
    billable: bool | None = None
    document_due_at: datetime | None = None
    """Until when a supporting document is awaited; None when none is, or it has come."""


@dataclass(frozen=True)
class Booking:
    """A booking as the calendar needs it: where, when, in which state, from which request."""

    booking_id: UUID
    child_id: UUID
    activity_id: UUID
    slot_id: UUID
    slot_label: str
    day: date
    begins: datetime
    ends: datetime
    state: BookingState
    request_id: UUID
    request_number: str
    reason: str | None = None
    """Why the authority refused it."""
    cancel_request_id: UUID | None = None
    """The pending request that asks to cancel it."""
    rank: int | None = None
    """Place in the waiting list, first is 1."""
    offer_expires_at: datetime | None = None
    absence: AbsenceMark | None = None
    presence: Presence | None = None
    """What the team pointed, once the day has come."""

    @property
    def takes_place(self) -> bool:
        return self.state in TAKING

    @property
    def is_live(self) -> bool:
        """Whether asking again for the same would be asking twice."""
        return self.state in TAKING or self.state in UNSETTLED

    @property
    def offered_until(self) -> datetime | None:
        """Until when its place is kept for the family to answer; None when none is offered."""
        return self.offer_expires_at if self.state is BookingState.OFFERED else None

    @property
    def open_request_id(self) -> UUID:
        """The request that now speaks of it: its absence's, its cancellation's, or its own."""
        if self.absence is not None:
            return self.absence.request_id
        return self.cancel_request_id or self.request_id

    def overlaps(self, begins: datetime, ends: datetime) -> bool:
        """Half-open periods: one may begin at the instant the other ends."""
        return self.begins < ends and begins < self.ends
