"""The state of a calendar cell: one pure function for the agenda, the submission, the reminders."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .booking import Booking, BookingState
from .places import Places


class CellCode(StrEnum):
    """The states of a cell (domain facts, section 1.2)."""

    FREE = "free"
    FEW_LEFT = "few_left"
    REQUESTED = "requested"
    BOOKED = "booked"
    WAITLISTED = "waitlisted"
    REFUSED = "refused"
    CANCEL_REQUESTED = "cancel_requested"
    ABSENCE_DECLARED = "absence_declared"
    ABSENT_JUSTIFIED = "absent_justified"
    ABSENT_UNJUSTIFIED = "absent_unjustified"
    PRESENT = "present"
    FULL = "full"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    LOCKED = "locked"


class CellAction(StrEnum):
    """What a family may do from a cell."""

    REQUEST = "booking.request"
    WITHDRAW = "request.withdraw"


class Why(StrEnum):
    """Why a cell is as it is, or why a line cannot be requested; the words are made elsewhere."""

    PENDING = "pending"
    BOOKED = "booked"
    REFUSED = "refused"
    AGE = "age"
    PUBLIC_HOLIDAY = "public_holiday"
    CLOSED = "closed"
    NOT_RUNNING = "not_running"
    NOT_OPEN = "not_open"
    LOCKED = "locked"
    FULL = "full"
    OVERLAP = "overlap"


@dataclass(frozen=True)
class CellFacts:
    """What is known of one child, slot and day. `booking` is the latest for that very slot."""

    runs: bool = True
    receives: bool = True
    public_holiday: str | None = None
    closure: str | None = None
    places: Places | None = None
    """None while bookings of that day are not open."""
    cut_off: datetime | None = None
    booking: Booking | None = None
    overlapping: Booking | None = None
    """Another booking that takes a place at the same hours."""


@dataclass(frozen=True)
class CellState:
    """What the cell says, why, until when it can be changed, and what can be done."""

    code: CellCode
    why: Why | None = None
    cut_off: datetime | None = None
    actions: tuple[CellAction, ...] = ()

    @property
    def can_request(self) -> bool:
        return CellAction.REQUEST in self.actions


FEW_LEFT = 5
"""At most this many places left are worth a warning; a setting replaces it."""

_CODES = {
    Why.AGE: CellCode.CLOSED,
    Why.NOT_RUNNING: CellCode.CLOSED,
    Why.PUBLIC_HOLIDAY: CellCode.HOLIDAY,
    Why.CLOSED: CellCode.CLOSED,
    Why.NOT_OPEN: CellCode.CLOSED,
    Why.LOCKED: CellCode.LOCKED,
    Why.FULL: CellCode.FULL,
    # The slot itself has places: what stands in the way is the child's other booking.
    Why.OVERLAP: CellCode.FREE,
}


def cell_state(facts: CellFacts, now: datetime, few_left: int = FEW_LEFT) -> CellState:
    """Decide a cell from its facts at an instant (aware)."""
    booking = facts.booking
    if booking is not None and booking.state is BookingState.REQUESTED:
        return CellState(
            CellCode.REQUESTED, Why.PENDING, facts.cut_off, actions=(CellAction.WITHDRAW,)
        )
    if booking is not None and booking.state is BookingState.BOOKED:
        return CellState(CellCode.BOOKED, Why.BOOKED, facts.cut_off)
    obstacle = _obstacle(facts, now)
    actions = () if obstacle else (CellAction.REQUEST,)
    if booking is not None and booking.state is BookingState.REFUSED:
        return CellState(CellCode.REFUSED, Why.REFUSED, facts.cut_off, actions)
    if obstacle is not None:
        return CellState(_CODES[obstacle], obstacle, facts.cut_off)
    few = facts.places is not None and facts.places.left <= few_left
    return CellState(CellCode.FEW_LEFT if few else CellCode.FREE, None, facts.cut_off, actions)


def obstacle_to_request(facts: CellFacts, now: datetime) -> Why | None:
    """Why this cell cannot be requested now, or None: the submission's question."""
    if facts.booking is not None and facts.booking.takes_place:
        requested = facts.booking.state is BookingState.REQUESTED
        return Why.PENDING if requested else Why.BOOKED
    return _obstacle(facts, now)


def _obstacle(facts: CellFacts, now: datetime) -> Why | None:
    """The first that applies; what cannot change comes before what could."""
    checks = (
        (Why.NOT_RUNNING, not facts.runs),
        (Why.AGE, not facts.receives),
        (Why.PUBLIC_HOLIDAY, facts.public_holiday is not None),
        (Why.CLOSED, facts.closure is not None),
        (Why.NOT_OPEN, facts.places is None),
        (Why.LOCKED, facts.cut_off is not None and now >= facts.cut_off),
        (Why.FULL, facts.places is not None and facts.places.is_full),
        (Why.OVERLAP, facts.overlapping is not None),
    )
    return next((why for why, applies in checks if applies), None)
