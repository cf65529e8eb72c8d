"""What is known of some children and some days, put together cell by cell."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from .activity import Activity, BookingWindow, Slot
from .agenda import CellFacts
from .booking import TAKING, UNSETTLED, Booking, BookingState
from .enrolled import Enrolment
from .notice import NoticeAction
from .places import AgeGroup, Places, age_group, age_on, group_at
from .school_calendar import SchoolCalendar


@dataclass(frozen=True)
class Child:
    """A child as enrolment needs it: whose, called what, how old."""

    child_id: UUID
    family_id: UUID
    given_name: str
    family_name: str
    born_on: date


@dataclass(frozen=True, order=True)
class PlaceKey:
    """Which places: everyone locks them in this order, so that nobody waits in a circle."""

    activity_id: UUID
    day: date
    age_group: AgeGroup


def place_key(child: Child, slot: Slot, day: date) -> PlaceKey:
    return PlaceKey(slot.activity_id, day, age_group(child.born_on, day))


@dataclass(frozen=True)
class _ActivityDay:
    """What is the same for every child and slot of an activity on a day."""

    runs: bool
    public_holiday: str | None
    closure: str | None
    windows: tuple[BookingWindow, ...]
    cut_offs: Mapping[NoticeAction, datetime]


@dataclass
class Diary:
    """Activities, places and bookings of a stretch of days; `take` notes a place just given.

    `bookings` are in the order in which they were made.
    """

    activities: Mapping[UUID, Activity]
    calendar: SchoolCalendar
    places: dict[PlaceKey, Places]
    bookings: Iterable[Booking]
    enrolments: Sequence[Enrolment] = ()
    _of_child: dict[tuple[UUID, date], list[Booking]] = field(init=False)
    _booked: set[tuple[UUID, date]] = field(init=False)
    _open: set[tuple[UUID, date]] = field(init=False)
    _days: dict[tuple[UUID, date], _ActivityDay] = field(init=False, default_factory=dict)
    _ages: dict[tuple[UUID, date], int] = field(init=False, default_factory=dict)
    _unbooked: dict[tuple[object, ...], CellFacts] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._of_child = defaultdict(list)
        self._booked = set()
        for booking in self.bookings:
            self._of_child[booking.child_id, booking.day].append(booking)
            self._booked.add((booking.activity_id, booking.day))
        self._open = {(key.activity_id, key.day) for key in self.places}

    def is_blank(self, activity: Activity, day: date) -> bool:
        """Whether nothing of the activity happens on that day: not one cell to draw."""
        key = (activity.activity_id, day)
        return not self._activity_day(activity, day).runs and key not in self._booked

    def facts(self, child: Child, slot: Slot, day: date) -> CellFacts:
        """Everything that decides the state of one cell.

        Siblings of whom nothing is known that day share theirs: the very same object.
        """
        activity = self.activities[slot.activity_id]
        age = self._age(child, day)
        receives, group = activity.receives(slot, age), group_at(age)
        enrolled = self._is_enrolled(child, activity, day)
        if (child.child_id, day) in self._of_child:
            own, overlapping = self._bookings_for(child, slot, day)
            shared = self._facts(slot, day, receives, group, enrolled)
            return replace(
                shared,
                booking=own if own and own.state in _TELLING else None,
                overlapping=overlapping,
            )
        key = (slot.slot_id, day, receives, group, enrolled)
        if key not in self._unbooked:
            self._unbooked[key] = self._facts(slot, day, receives, group, enrolled)
        return self._unbooked[key]

    def _facts(
        self, slot: Slot, day: date, receives: bool, group: AgeGroup, enrolled: bool
    ) -> CellFacts:
        activity = self.activities[slot.activity_id]
        known = self._activity_day(activity, day)
        cut_off = known.cut_offs.get(NoticeAction.BOOK)
        return CellFacts(
            runs=known.runs,
            receives=receives,
            public_holiday=known.public_holiday,
            closure=known.closure,
            places=self.places.get(PlaceKey(activity.activity_id, day, group)),
            cut_off=cut_off,
            begins=slot.period(day)[0] if known.runs and cut_off is None else None,
            windows=known.windows,
            enrolled=enrolled,
            waiting_list=activity.waiting.is_open,
            cancel_cut_off=known.cut_offs.get(NoticeAction.CANCEL),
            absence_cut_off=known.cut_offs.get(NoticeAction.ABSENCE),
        )

    def take(self, child: Child, booking: Booking) -> None:
        """A line of the same submission has just been given this place, or a place in the line."""
        key = PlaceKey(booking.activity_id, booking.day, age_group(child.born_on, booking.day))
        waits = booking.state is BookingState.WAITLISTED
        places = self.places[key]
        self.places[key] = places.wait_one() if waits else places.hold_one()
        self._unbooked.clear()
        self._of_child[booking.child_id, booking.day].append(booking)

    def _bookings_for(
        self, child: Child, slot: Slot, day: date
    ) -> tuple[Booking | None, Booking | None]:
        """The latest for the slot, one that takes a place before others; and one in its way."""
        own, overlapping = None, None
        for booking in self._of_child.get((child.child_id, day), ()):
            if booking.slot_id == slot.slot_id and not (own and own.is_live):
                own = booking
            elif booking.takes_place and booking.overlaps(*slot.period(day)):
                overlapping = booking
        return own, overlapping

    def _activity_day(self, activity: Activity, day: date) -> _ActivityDay:
        key = (activity.activity_id, day)
        if key not in self._days:
            self._days[key] = self._look_up(activity, day)
        return self._days[key]

    def _look_up(self, activity: Activity, day: date) -> _ActivityDay:
        closure = next((span for span in activity.closures if day in span), None)
        is_open = (activity.activity_id, day) in self._open
        runs = is_open or activity.runs_on(day, self.calendar)
        return _ActivityDay(
            runs=runs,
            public_holiday=self.calendar.public_holiday(day),
            closure=closure.label if closure else None,
            windows=activity.windows_for(day),
            cut_offs=activity.cut_offs(day, self.calendar) if runs else {},
        )

    def _is_enrolled(self, child: Child, activity: Activity, day: date) -> bool:
        return not activity.needs_enrolment or any(
            one.allows(child.child_id, activity.activity_id, day) for one in self.enrolments
        )

    def _age(self, child: Child, day: date) -> int:
        key = (child.child_id, day)
        if key not in self._ages:
            self._ages[key] = age_on(child.born_on, day)
        return self._ages[key]


_TELLING = frozenset({*TAKING, *UNSETTLED, BookingState.REFUSED, BookingState.ABSENT})
"""A withdrawn, cancelled or expired booking leaves the cell as if it had never been."""
