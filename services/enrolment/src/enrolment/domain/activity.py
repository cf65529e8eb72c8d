"""Centres, activities and slots: what is offered, on which days, to whom."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from .notice import NoticeAction, NoticeRule, at_paris, cut_off
from .places import AgeGroup, Capacity, group_at
from .school_calendar import ONE_DAY, SchoolCalendar, Span


class ActivityKind(StrEnum):
    """What families and staff call it; rates and reports sort by it."""

    MORNING = "morning"
    EVENING = "evening"
    CANTEEN = "canteen"
    WEDNESDAY = "wednesday"
    HOLIDAY = "holiday"
    COURSE = "course"
    STAY = "stay"


class Season(StrEnum):
    """When an activity runs."""

    TERM = "term"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class Slot:
    """A créneau: part of an activity's day that a child is booked for, and that has a rate.

    `min_age` and `max_age` are whole years on the day, both included.
    """

    slot_id: UUID
    activity_id: UUID
    label: str
    starts: time
    ends: time
    meal: bool
    rate_code: str
    min_age: int | None = None
    max_age: int | None = None
    active: bool = True
    """False: it is kept for what was booked, and no more offered."""

    def period(self, day: date) -> tuple[datetime, datetime]:
        """The slot's beginning and end on that day, in UTC; the end is excluded."""
        return at_paris(day, self.starts), at_paris(day, self.ends)

    def suits_age(self, age: int) -> bool:
        return (self.min_age or 0) <= age and (self.max_age is None or age <= self.max_age)


@dataclass(frozen=True)
class BookingWindow:
    """Days that families may ask for from an instant on, and until another when there is one."""

    window_id: UUID
    days: Span
    opens_at: datetime
    closes_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now and (self.closes_at is None or now < self.closes_at)


@dataclass(frozen=True)
class Staffing:
    """Children per adult (CASF R.227-15 and 16); None where no ratio is watched."""

    under_six: int | None = None
    six_and_over: int | None = None

    def adults_for(self, group: AgeGroup, children: int) -> int | None:
        ratio = self.under_six if group is AgeGroup.UNDER_SIX else self.six_and_over
        return None if not ratio else -(-children // ratio)


@dataclass(frozen=True)
class WaitingRules:
    """What happens when a day is full.

    `overbooking` places are given beyond the capacity before anybody waits; an offer is kept for
    `offer_hours`.
    """

    is_open: bool = False
    offer_hours: int = 48
    overbooking: int = 0


@dataclass(frozen=True)
class Activity:
    """What a centre offers on some weekdays (ISO, Monday is 1) of term or of the holidays."""

    activity_id: UUID
    centre_id: UUID
    label: str
    season: Season
    weekdays: frozenset[int]
    capacity: Capacity
    slots: tuple[Slot, ...] = ()
    notice_rules: tuple[NoticeRule, ...] = ()
    closures: tuple[Span, ...] = ()
    kind: ActivityKind = ActivityKind.WEDNESDAY
    needs_enrolment: bool = False
    waiting: WaitingRules = WaitingRules()
    staffing: Staffing = Staffing()
    windows: tuple[BookingWindow, ...] = ()
    version: int = 1

    def windows_for(self, day: date) -> tuple[BookingWindow, ...]:
        """The windows that hold the day; none means that its booking has no window."""
        return tuple(window for window in self.windows if day in window.days)

    def with_closures(self, closures: tuple[Span, ...]) -> "Activity":
        return replace(self, closures=closures)

    def runs_on(self, day: date, calendar: SchoolCalendar) -> bool:
        """Whether the activity belongs to that kind of day, be it open or exceptionally closed."""
        in_holiday = calendar.school_holiday(day) is not None
        return (
            calendar.knows(day)
            and day.isoweekday() in self.weekdays
            and in_holiday == (self.season is Season.HOLIDAY)
        )

    def days_to_open(self, first: date, last: date, calendar: SchoolCalendar) -> Iterator[date]:
        """Days between these, both included, on which children can be received."""
        own = calendar.closed_for(self.closures)
        return (
            day
            for day in days(first, last)
            if self.runs_on(day, own) and own.public_holiday(day) is None and not own.closure(day)
        )

    def receives(self, slot: Slot, age: int) -> bool:
        """Whether a child of that age, in whole years on the day, has its place in the slot."""
        return slot.active and slot.suits_age(age) and self.capacity.of(group_at(age)) > 0

    def cut_off(self, action: NoticeAction, day: date, calendar: SchoolCalendar) -> datetime | None:
        """The instant from which the action is too late; None when no rule limits it."""
        return self.cut_offs(day, calendar).get(action)

    def cut_offs(self, day: date, calendar: SchoolCalendar) -> dict[NoticeAction, datetime]:
        """The same for every action that a rule limits."""
        if not self.notice_rules:
            return {}
        own = calendar.closed_for(self.closures)
        found: dict[NoticeAction, datetime] = {}
        for rule in self.notice_rules:
            instant = cut_off(rule, day, own)
            found[rule.action] = min(instant, found.get(rule.action, instant))
        return found


def days(first: date, last: date) -> Iterable[date]:
    """Every day between these, both included."""
    while first <= last:
        yield first
        first += ONE_DAY
