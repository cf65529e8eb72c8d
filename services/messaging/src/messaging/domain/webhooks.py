"""When an event is sent again, when it is given up, when an address is left alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WAITS = (
    *(timedelta(seconds=wait) for wait in (5, 30, 120, 600, 1800)),
    *(timedelta(hours=wait) for wait in (1, 3, 6, 12, 24)),
)
"""After each failure; the last one again and again."""

PATIENCE = timedelta(days=5)
"""An event that failed for so long is given up, an address that answered nothing is paused."""

DOUBTFUL = 5
"""Failures in a row after which an address is waited for."""

LONGEST_ASKED = timedelta(hours=24)
"""What an address may ask for by Retry-After."""


class State(StrEnum):
    """Of one sending."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


class Pause(StrEnum):
    """Why nothing is sent to an address."""

    ASKED = "asked"
    DEAD = "dead"
    GONE = "gone"


@dataclass(frozen=True)
class Told:
    """What came of one try. `status` is None when no answer was had, for the `reason`."""

    status: int | None = None
    reason: str = ""
    retry_after: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """The address says that it wants nothing any more."""
        return self.status == 410

    @property
    def outcome(self) -> str:
        return str(self.status) if self.status is not None else self.reason


@dataclass(frozen=True)
class Health:
    """Of an address: failures in a row, since when, and what follows from it."""

    failures: int = 0
    failing_since: datetime | None = None
    next_try_at: datetime | None = None
    pause: Pause | None = None


@dataclass(frozen=True)
class Fate:
    """Of a sending, after a try."""

    state: State
    due_at: datetime


def fate_after(
    told: Told, attempts: int, first_tried_at: datetime, now: datetime, is_ordered: bool
) -> Fate:
    """`attempts` counts this one. In order, nothing is given up: what follows waits behind it."""
    if told.is_taken:
        return Fate(State.SENT, now)
    if now - first_tried_at >= PATIENCE and not is_ordered:
        return Fate(State.GIVEN_UP, now)
    return Fate(State.WAITING, now + _wait(told, attempts))


def health_after(
    told: Told, before: Health, now: datetime, attempts: int, is_ordered: bool
) -> Health:
    """After a try; `attempts` are the sending's own."""
    if told.is_taken:
        return Health(pause=before.pause)
    failures, since = before.failures + 1, before.failing_since or now
    if before.pause is not None:
        return Health(failures, since, None, before.pause)
    if told.is_gone:
        return Health(failures, since, None, Pause.GONE)
    if now - since >= PATIENCE:
        return Health(failures, since, None, Pause.DEAD)
    if is_ordered:
        return Health(failures, since, now + _wait(told, attempts))
    if failures >= DOUBTFUL:
        return Health(failures, since, now + _wait(told, failures - DOUBTFUL + 1))
    return Health(failures, since, None)


def best_of(told: Sequence[Told]) -> Told:
    """What several tries at once say of the address: it lives if one was taken."""
    return min(told, key=lambda one: (not one.is_taken, not one.is_gone))


def _wait(told: Told, times: int) -> timedelta:
    wait = WAITS[min(times, len(WAITS)) - 1]
    return max(wait, min(told.retry_after or wait, LONGEST_ASKED))
