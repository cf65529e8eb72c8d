"""A booking: one child, one slot, one day."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class BookingState(StrEnum):
    """What became of a place that was asked for."""

    REQUESTED = "requested"
    BOOKED = "booked"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


TAKING = frozenset({BookingState.REQUESTED, BookingState.BOOKED})
"""States in which a booking holds or has a place; the database excludes overlaps among these."""


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

    @property
    def takes_place(self) -> bool:
        return self.state in TAKING

    def overlaps(self, begins: datetime, ends: datetime) -> bool:
        """Half-open periods: one may begin at the instant the other ends."""
        return self.begins < ends and begins < self.ends
