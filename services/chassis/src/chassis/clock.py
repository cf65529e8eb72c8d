"""The one clock. Nothing in the house asks the machine for the time except through it."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
"""The zone in which families and staff read dates; everything is stored in UTC."""


class Clock(Protocol):
    """Tells the instant, always aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """Runs at the machine's pace from a chosen instant: rehearsals of an opening day, journeys."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware instant, with its offset")
        self._shift = start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift


class SteppedClock:
    """Stands still until it is told to move: for tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by


def local_date(instant: datetime) -> date:
    """The calendar day that people in France are living at that instant."""
    return instant.astimezone(PARIS).date()


def clock_from(start: datetime | None) -> Clock:
    """The machine's clock, or one that starts elsewhere when the setting says so."""
    return SystemClock() if start is None else ShiftedClock(start)
