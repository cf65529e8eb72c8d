"""The state of a calendar cell: one pure function for the agenda, the submission, the reminders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .absence import may_declare
from .activity import BookingWindow
from .attendance import Presence
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
    CANCEL = "booking.cancel"
    ABSENCE = "absence.declare"
    WITHDRAW = "request.withdraw"
    ACCEPT_OFFER = "offer.accept"
    DECLINE_OFFER = "offer.decline"
    LEAVE_LIST = "waiting.leave"


class Why(StrEnum):
    """Why a cell is as it is, or why a line cannot be requested; the words are made elsewhere."""

    PENDING = "pending"
    BOOKED = "booked"
    WAS_BOOKED = "was_booked"
    PRESENT = "present"
    REFUSED = "refused"
    AGE = "age"
    PUBLIC_HOLIDAY = "public_holiday"
    CLOSED = "closed"
    NOT_RUNNING = "not_running"
    NOT_OPEN = "not_open"
    NOT_YET = "not_yet"
    WINDOW_OVER = "window_over"
    NOT_ENROLLED = "not_enrolled"
    WAITING = "waiting"
    WAITED = "waited"
    OFFERED = "offered"
    CANCEL_PENDING = "cancel_pending"
    ABSENCE_PENDING = "absence_pending"
    ABSENT = "absent"
    NOT_BOOKED = "not_booked"
    TOO_LATE = "too_late"
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
    begins: datetime | None = None
    """The slot's beginning, where no rule says until when it may be asked for."""
    booking: Booking | None = None
    overlapping: Booking | None = None
    """Another booking that takes a place at the same hours."""
    windows: tuple[BookingWindow, ...] = ()
    """Booking windows that hold the day; none: it may be booked as soon as it is open."""
    enrolled: bool = True
    """Whether the activity needs no enrolment, or the child has one for the day."""
    waiting_list: bool = False
    cancel_cut_off: datetime | None = None
    absence_cut_off: datetime | None = None

    @property
    def can_wait(self) -> bool:
        """Whether a request that finds no place joins the waiting list."""
        return self.waiting_list and self.places is not None and self.places.is_full

    def opens_at(self, now: datetime) -> datetime | None:
        """When the first window that is still to come opens, if none is open now."""
        if any(window.is_open(now) for window in self.windows):
            return None
        return min((one.opens_at for one in self.windows if now < one.opens_at), default=None)


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
    Why.NOT_YET: CellCode.CLOSED,
    Why.WINDOW_OVER: CellCode.LOCKED,
    Why.NOT_ENROLLED: CellCode.CLOSED,
    Why.LOCKED: CellCode.LOCKED,
    Why.FULL: CellCode.FULL,
    # The slot itself has places: what stands in the way is the child's other booking.
    Why.OVERLAP: CellCode.FREE,
}


def cell_state(facts: CellFacts, now: datetime, few_left: int = FEW_LEFT) -> CellState:
    """Decide a cell from its facts at an instant (aware)."""
    if facts.booking is not None and facts.booking.is_live:
        return _live(facts, facts.booking, now)
    obstacle = _obstacle(facts, now)
    actions = () if obstacle else (CellAction.REQUEST,)
    if facts.booking is not None and facts.booking.state is BookingState.REFUSED:
        return CellState(CellCode.REFUSED, Why.REFUSED, facts.cut_off, actions)
    if facts.booking is not None and facts.booking.state is BookingState.ABSENT:
        return CellState(_absent(facts.booking), Why.ABSENT, facts.cut_off, actions)
    if obstacle is not None:
        return CellState(_CODES[obstacle], obstacle, facts.cut_off)
    if facts.can_wait:
        return CellState(CellCode.FULL, Why.FULL, facts.cut_off, actions)
    few = facts.places is not None and facts.places.open_to_all <= few_left
    return CellState(CellCode.FEW_LEFT if few else CellCode.FREE, None, facts.cut_off, actions)


def _live(facts: CellFacts, booking: Booking, now: datetime) -> CellState:
    """The child has, or waits for, a place."""
    match booking.state:
        case BookingState.WAITLISTED if now >= booking.begins:
            return CellState(CellCode.WAITLISTED, Why.WAITED)
        case BookingState.WAITLISTED:
            return CellState(
                CellCode.WAITLISTED, Why.WAITING, facts.cut_off, (CellAction.LEAVE_LIST,)
            )
        case BookingState.OFFERED:
            answers = (CellAction.ACCEPT_OFFER, CellAction.DECLINE_OFFER)
            return CellState(CellCode.WAITLISTED, Why.OFFERED, booking.offer_expires_at, answers)
        case BookingState.REQUESTED:
            return CellState(CellCode.REQUESTED, Why.PENDING, facts.cut_off, (CellAction.WITHDRAW,))
    if booking.absence is not None:
        return CellState(
            CellCode.ABSENCE_DECLARED, Why.ABSENCE_PENDING, None, (CellAction.WITHDRAW,)
        )
    if booking.cancel_request_id is not None:
        return CellState(
            CellCode.CANCEL_REQUESTED, Why.CANCEL_PENDING, None, (CellAction.WITHDRAW,)
        )
    return _booked(facts, booking, now)


def _booked(facts: CellFacts, booking: Booking, now: datetime) -> CellState:
    """The child has its place, and once the day has come the team says whether it was there."""
    if booking.presence in _CAME:
        return CellState(CellCode.PRESENT, Why.PRESENT)
    cut_off = facts.cancel_cut_off if facts.cancel_cut_off is not None else facts.cut_off
    actions = tuple(_from_booked(booking, now))
    if booking.presence is Presence.ABSENT:
        return CellState(CellCode.ABSENT_UNJUSTIFIED, Why.ABSENT, None, actions)
    if now >= booking.ends:
        return CellState(CellCode.BOOKED, Why.WAS_BOOKED, None, actions)
    return CellState(CellCode.BOOKED, Why.BOOKED, cut_off, actions)


_CAME = frozenset({Presence.PRESENT, Presence.LEFT})


def _from_booked(booking: Booking, now: datetime) -> Iterator[CellAction]:
    if now < booking.begins:
        yield CellAction.CANCEL
    if may_declare(booking.begins, now):
        yield CellAction.ABSENCE


def _absent(booking: Booking) -> CellCode:
    justified = booking.absence is not None and booking.absence.justified
    return CellCode.ABSENT_JUSTIFIED if justified else CellCode.ABSENT_UNJUSTIFIED


_WHY_ASKED = {
    BookingState.REQUESTED: Why.PENDING,
    BookingState.BOOKED: Why.BOOKED,
    BookingState.WAITLISTED: Why.WAITING,
    BookingState.OFFERED: Why.OFFERED,
}


def obstacle_to_request(facts: CellFacts, now: datetime) -> Why | None:
    """Why this cell cannot be requested now, or None: the submission's question.

    A full day with a waiting list is no obstacle: see `CellFacts.can_wait`.
    """
    if facts.booking is not None and facts.booking.is_live:
        return _WHY_ASKED[facts.booking.state]
    return _obstacle(facts, now)


def obstacle_to_cancel(booking: Booking | None, now: datetime) -> Why | None:
    """Why this booking cannot be cancelled, or None."""
    if booking is None or booking.state is not BookingState.BOOKED:
        return Why.NOT_BOOKED
    if booking.absence is not None:
        return Why.ABSENCE_PENDING
    if booking.cancel_request_id is not None:
        return Why.CANCEL_PENDING
    return None if now < booking.begins else Why.TOO_LATE


def obstacle_to_absence(booking: Booking | None, now: datetime) -> Why | None:
    """Why no absence can be declared for this booking, or None."""
    if booking is None or booking.state is not BookingState.BOOKED:
        return Why.ABSENT if booking and booking.state is BookingState.ABSENT else Why.NOT_BOOKED
    if booking.absence is not None:
        return Why.ABSENCE_PENDING
    if booking.cancel_request_id is not None:
        return Why.CANCEL_PENDING
    return None if may_declare(booking.begins, now) else Why.TOO_LATE


def _obstacle(facts: CellFacts, now: datetime) -> Why | None:
    """The first that applies; what cannot change comes before what could."""
    for obstacles in (_of_the_day(facts), _of_the_time(facts, now), _of_the_child(facts)):
        for why in obstacles:
            return why
    return None


def _of_the_day(facts: CellFacts) -> Iterator[Why]:
    if not facts.runs:
        yield Why.NOT_RUNNING
    if not facts.receives:
        yield Why.AGE
    if facts.public_holiday is not None:
        yield Why.PUBLIC_HOLIDAY
    if facts.closure is not None:
        yield Why.CLOSED
    if facts.places is None:
        yield Why.NOT_OPEN


def _of_the_time(facts: CellFacts, now: datetime) -> Iterator[Why]:
    if facts.windows and not any(window.is_open(now) for window in facts.windows):
        yield Why.WINDOW_OVER if facts.opens_at(now) is None else Why.NOT_YET
    closes = facts.cut_off or facts.begins
    if closes is not None and now >= closes:
        yield Why.LOCKED


def _of_the_child(facts: CellFacts) -> Iterator[Why]:
    if not facts.enrolled:
        yield Why.NOT_ENROLLED
    if not facts.waiting_list and facts.places is not None and facts.places.is_full:
        yield Why.FULL
    if facts.overlapping is not None:
        yield Why.OVERLAP
