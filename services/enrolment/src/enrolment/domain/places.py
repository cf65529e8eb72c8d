"""Places of an activity on a day: how many there are for an age group, and how many are left."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class AgeGroup(StrEnum):
    """Licensed capacity and staffing ratios differ below and from six years (CASF R.227-15)."""

    UNDER_SIX = "under_six"
    SIX_AND_OVER = "six_and_over"


SIX = 6


def age_on(born_on: date, day: date) -> int:
    """Whole years on that day; negative before birth. Born on 29 February: a year on 1 March."""
    before_birthday = (day.month, day.day) < (born_on.month, born_on.day)
    return day.year - born_on.year - before_birthday


def age_group(born_on: date, day: date) -> AgeGroup:
    """The group whose places a child takes on that day: the day counts, not the booking's date."""
    return group_at(age_on(born_on, day))


def group_at(age: int) -> AgeGroup:
    """The group of that age in whole years."""
    return AgeGroup.UNDER_SIX if age < SIX else AgeGroup.SIX_AND_OVER


@dataclass(frozen=True)
class Places:
    """A pending request or an offer holds a place; an accepted request has booked it.

    `overbooking` are the places that the authority explicitly gives beyond the capacity.
    """

    capacity: int
    booked: int = 0
    held: int = 0
    waiting: int = 0
    overbooking: int = 0

    @property
    def left(self) -> int:
        return max(self.capacity + self.overbooking - self.booked - self.held, 0)

    @property
    def open_to_all(self) -> int:
        """What a newcomer may take: a freed place belongs to the waiting list first."""
        return max(self.left - self.waiting, 0)

    @property
    def is_full(self) -> bool:
        """Asked for each cell of a calendar, hence in one sum."""
        taken = self.booked + self.held + self.waiting
        return taken >= self.capacity + self.overbooking

    @property
    def can_offer(self) -> bool:
        return self.waiting > 0 and self.left > 0

    @property
    def over(self) -> int:
        """Children beyond the capacity: staff are alerted."""
        return max(self.booked + self.held - self.capacity, 0)

    def hold_one(self) -> "Places":
        return replace(self, held=self.held + 1)

    def wait_one(self) -> "Places":
        return replace(self, waiting=self.waiting + 1)


@dataclass(frozen=True)
class Change:
    """What to add to, or (negative) to take from, the counts of a day's places."""

    booked: int = 0
    held: int = 0
    waiting: int = 0

    def __add__(self, other: "Change") -> "Change":
        return Change(
            self.booked + other.booked, self.held + other.held, self.waiting + other.waiting
        )

    def __sub__(self, other: "Change") -> "Change":
        return Change(
            self.booked - other.booked, self.held - other.held, self.waiting - other.waiting
        )


@dataclass(frozen=True)
class Capacity:
    """Places that an activity offers each age group on an open day; 0 does not receive it."""

    under_six: int
    six_and_over: int

    def of(self, group: AgeGroup) -> int:
        return self.under_six if group is AgeGroup.UNDER_SIX else self.six_and_over
