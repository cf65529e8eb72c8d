"""Notice periods (délais de prévenance): until when a family may act on a day.

A rule is data; the cut-off is computed from it by one pure function that the agenda, the
submission and the reminders share (architecture, section 4; domain facts, section 1.3).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from .school_calendar import ONE_DAY, SchoolCalendar

PARIS = ZoneInfo("Europe/Paris")
"""Cut-offs are hours on the wall of the town hall, whatever the season."""

MAX_COUNT = 60
"""Days or weeks; the longest notice seen in a published guide is 16 working days."""


class NoticeAction(StrEnum):
    """What a notice period limits."""

    BOOK = "book"
    CANCEL = "cancel"
    ABSENCE = "absence"


class Anchor(StrEnum):
    """From what the count goes back."""

    CALENDAR_DAYS = "calendar_days"
    """`count` days before the day, whatever they are."""

    WORKING_DAYS = "working_days"
    """`count` working days before the day: weekends, public holidays and closures do not count."""

    WEEKDAY_OF_PREVIOUS_WEEK = "weekday_of_previous_week"
    """`weekday` of the week that is `count` weeks before; earlier when nobody works then."""

    DAYS_BEFORE_PERIOD = "days_before_period"
    """`count` days before the school holiday, or the stretch of term, that holds the day."""


class InvalidNoticeRule(ValueError):
    """The parts of the rule do not go together."""


@dataclass(frozen=True)
class NoticeRule:
    """« La veille ouvrée à 10 h » is (book, working_days, 1, 10:00).

    `weekday` is ISO (Monday is 1) and goes with the anchor that names a weekday only.
    Raises InvalidNoticeRule.
    """

    action: NoticeAction
    anchor: Anchor
    count: int
    at: time
    weekday: int | None = None

    def __post_init__(self) -> None:
        by_weekday = self.anchor is Anchor.WEEKDAY_OF_PREVIOUS_WEEK
        if not 0 <= self.count <= MAX_COUNT:
            raise InvalidNoticeRule(f"a count lies between 0 and {MAX_COUNT}")
        if by_weekday and self.count == 0:
            raise InvalidNoticeRule("a previous week is at least one week before")
        if by_weekday != (self.weekday is not None):
            raise InvalidNoticeRule("a weekday goes with the anchor of that name, and only with it")
        if self.weekday is not None and not 1 <= self.weekday <= 7:
            raise InvalidNoticeRule("Monday is 1 and Sunday is 7")
        if self.at.tzinfo is not None:
            raise InvalidNoticeRule("the time is read on a clock in Paris")


def cut_off(rule: NoticeRule, day: date, calendar: SchoolCalendar) -> datetime:
    """The instant, in UTC, from which the rule's action on that day is too late."""
    return at_paris(_last_day(rule, day, calendar), rule.at)


def at_paris(day: date, hour: time) -> datetime:
    """The instant of an hour on the wall in France, in UTC.

    An hour that the spring change skips, or the autumn change repeats, is read with the offset
    before the change (PEP 495, fold 0).
    """
    return datetime.combine(day, hour, PARIS).astimezone(UTC)


def _last_day(rule: NoticeRule, day: date, calendar: SchoolCalendar) -> date:
    match rule.anchor:
        case Anchor.CALENDAR_DAYS:
            return day - rule.count * ONE_DAY
        case Anchor.WORKING_DAYS:
            return _working_days_before(day, rule.count, calendar)
        case Anchor.WEEKDAY_OF_PREVIOUS_WEEK:
            named = _weekday_before(day, rule.count, rule.weekday or 1)
            return named if calendar.is_working(named) else _working_days_before(named, 1, calendar)
        case Anchor.DAYS_BEFORE_PERIOD:
            return calendar.period_start(day) - rule.count * ONE_DAY


def _working_days_before(day: date, count: int, calendar: SchoolCalendar) -> date:
    while count:
        day -= ONE_DAY
        if calendar.is_working(day):
            count -= 1
    return day


def _weekday_before(day: date, weeks: int, weekday: int) -> date:
    monday = day - (day.isoweekday() - 1) * ONE_DAY
    return monday - timedelta(weeks=weeks) + (weekday - 1) * ONE_DAY
