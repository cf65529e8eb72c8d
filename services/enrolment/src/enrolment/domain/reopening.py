"""Days that were closed open again: who comes back to where they were, and who does not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from .activity import Activity
from .booking import BookingState
from .diary import PlaceKey
from .impact import Harm, Standing, impact_of_edit
from .places import Places
from .request import RequestState


class Stays(StrEnum):
    """Why a booking that the closure cancelled is not given back."""

    PAST = "past"
    CLOSED = "closed"
    NOT_OFFERED = "not_offered"
    OTHER_PLANS = "other_plans"
    DECIDED = "decided"
    ABSENT = "absent"
    FULL = "full"


TOLD = frozenset({Stays.NOT_OFFERED, Stays.OTHER_PLANS, Stays.DECIDED, Stays.FULL})
"""What a family could have expected back, so it is told that it does not come."""

_AS_BEFORE = {
    BookingState.BOOKED: BookingState.BOOKED,
    BookingState.REQUESTED: BookingState.REQUESTED,
    BookingState.WAITLISTED: BookingState.WAITLISTED,
    # The head of the line keeps its rank: the place is offered anew, with its full delay.
    BookingState.OFFERED: BookingState.WAITLISTED,
}
_UNDECIDED = frozenset({RequestState.PENDING, RequestState.FAILED})
_WAITS_ON = _UNDECIDED | {RequestState.ACCEPTED, RequestState.APPLIED}


@dataclass(frozen=True)
class Cancelled:
    """A booking that a closure cancelled; its `standing.state` is what it was before."""

    standing: Standing
    places: PlaceKey
    request_state: RequestState
    cancel_request_id: UUID | None
    """The request that asked to cancel it then, when that is still pending."""
    has_other_plans: bool
    is_absent: bool

    @property
    def target(self) -> BookingState:
        return _AS_BEFORE[self.standing.state]


@dataclass(frozen=True)
class Kept:
    """One that is not given back, and why."""

    cancelled: Cancelled
    why: Stays


@dataclass(frozen=True)
class Reopening:
    """What opening the days again would do."""

    back: tuple[Cancelled, ...] = ()
    kept: tuple[Kept, ...] = ()

    @property
    def told(self) -> tuple[Kept, ...]:
        return tuple(one for one in self.kept if one.why in TOLD)

    @property
    def is_harmless(self) -> bool:
        return not self.back and not self.told


def reopening(
    cancelled: Iterable[Cancelled],
    activities: Mapping[UUID, Activity],
    places: Mapping[PlaceKey, Places],
    is_closed: Callable[[UUID, date], bool],
    now: datetime,
) -> Reopening:
    """Places go to who had one, then to who had asked, each in the order in which they asked."""
    left = {key: one.left for key, one in places.items()}
    back: list[Cancelled] = []
    kept: list[Kept] = []
    for one in sorted(cancelled, key=_order):
        why = _why_not(one, activities, is_closed, now)
        needs_place = one.target is not BookingState.WAITLISTED
        if why is None and (one.places not in left or (needs_place and left[one.places] < 1)):
            why = Stays.FULL
        if why is not None:
            kept.append(Kept(one, why))
            continue
        left[one.places] -= needs_place
        back.append(one)
    return Reopening(tuple(back), tuple(kept))


def _order(one: Cancelled) -> tuple[bool, UUID]:
    return (one.target is not BookingState.BOOKED, one.standing.booking_id)


def _why_not(
    one: Cancelled,
    activities: Mapping[UUID, Activity],
    is_closed: Callable[[UUID, date], bool],
    now: datetime,
) -> Stays | None:
    standing, activity = one.standing, activities.get(one.places.activity_id)
    if standing.begins <= now:
        return Stays.PAST
    if is_closed(one.places.activity_id, standing.day):
        return Stays.CLOSED
    if one.is_absent:
        return Stays.ABSENT
    if activity is None or _is_gone(activity, standing):
        return Stays.NOT_OFFERED
    if one.has_other_plans:
        return Stays.OTHER_PLANS
    return None if _still_asked(one) else Stays.DECIDED


def _is_gone(activity: Activity, standing: Standing) -> bool:
    # Other hours alone hurt nobody who had the day: those are kept when an activity is edited.
    hurt = impact_of_edit(activity, [standing], {}).hurt
    return any(one.harm is not Harm.HOURS for one in hurt)


def _still_asked(one: Cancelled) -> bool:
    match one.target:
        case BookingState.BOOKED:
            return True
        case BookingState.WAITLISTED:
            return one.request_state in _WAITS_ON
    return one.request_state in _UNDECIDED
