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
    """A pending request holds a place; an accepted one has booked it."""

    capacity: int
    booked: int = 0
    held: int = 0

    @property
    def left(self) -> int:
        return max(self.capacity - self.booked - self.held, 0)

    @property
    def is_full(self) -> bool:
        return self.left == 0

    def hold_one(self) -> "Places":
        return replace(self, held=self.held + 1)


@dataclass(frozen=True)
class Capacity:
    """Places that an activity offers each age group on an open day; 0 does not receive it."""

    under_six: int
    six_and_over: int

    def of(self, group: AgeGroup) -> int:
        return self.under_six if group is AgeGroup.UNDER_SIX else self.six_and_over
