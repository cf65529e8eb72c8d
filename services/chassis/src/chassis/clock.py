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
    """Runs at the machine's pace, some time ahead or behind: rehearsals of an opening day.

    A shift, not a start: processes that start one after another must agree on the time.
    """

    def __init__(self, shift: timedelta) -> None:
        self._shift = shift

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


def shift_to(start: datetime) -> timedelta:
    """How far a clock must be shifted to begin at this instant; raises ValueError when naive."""
    if start.tzinfo is None:
        raise ValueError("a clock starts at an aware instant, with its offset")
    return start - datetime.now(UTC)


def as_iso(shift: timedelta) -> str:
    """As the setting takes it, an ISO 8601 duration: `PT3600.5S`, `-PT60S`."""
    sign = "-" if shift < timedelta(0) else ""
    return f"{sign}PT{abs(shift).total_seconds():f}S"


def clock_from(shift: timedelta | None) -> Clock:
    """The machine's clock, or one that runs elsewhere when the setting says so."""
    return SystemClock() if shift is None else ShiftedClock(shift)
