"""School holidays, public holidays and closures: what kind of day a day is."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 6


class CalendarUnknown(ValueError):
    """The official school calendar does not reach that day."""


@dataclass(frozen=True)
class Span:
    """Days that belong together, both ends included, with the words a family reads."""

    first: date
    last: date
    label: str

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class SchoolCalendar:
    """The calendar of one zone; `holidays` are sorted and do not overlap.

    `known_from` and `known_to` bound the years for which the ministry's calendar is published.
    """

    known_from: date
    known_to: date
    holidays: tuple[Span, ...] = ()
    public_holidays: Mapping[date, str] = field(default_factory=dict)
    closures: tuple[Span, ...] = ()

    def closed_for(self, closures: Iterable[Span]) -> "SchoolCalendar":
        """The same calendar with these closures of the service."""
        return replace(self, closures=tuple(closures))

    def knows(self, day: date) -> bool:
        return self.known_from <= day <= self.known_to

    def school_holiday(self, day: date) -> Span | None:
        """The school holiday that holds the day."""
        position = bisect_right(self.holidays, day, key=lambda span: span.first) - 1
        if position < 0 or day not in self.holidays[position]:
            return None
        return self.holidays[position]

    def public_holiday(self, day: date) -> str | None:
        """The name of the public holiday that falls on the day."""
        return self.public_holidays.get(day)

    def closure(self, day: date) -> Span | None:
        """The first closure of the service that holds the day."""
        return next((span for span in self.closures if day in span), None)

    def is_working(self, day: date) -> bool:
        """Whether the service answers that day: not a weekend, public holiday or closure."""
        return (
            day.isoweekday() < SATURDAY
            and self.public_holiday(day) is None
            and self.closure(day) is None
        )

    def period_start(self, day: date) -> date:
        """The first day of the school holiday, or of the stretch of term, that holds the day."""
        holiday = self.school_holiday(day)
        if holiday is not None:
            return holiday.first
        position = bisect_right(self.holidays, day, key=lambda span: span.first) - 1
        return self.holidays[position].last + ONE_DAY if position >= 0 else self.known_from
