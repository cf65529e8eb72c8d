"""How far behind a partner is, and what that means for it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ALARM = 0.8
"""Of a queue's length or of the age its events may reach: beyond it the partner will lose some."""

FRESH = timedelta(minutes=1)
"""A look that is older was not followed by another: the broker does not answer."""


class Standing(StrEnum):
    """What is to be said of a partner's queue."""

    UNSEEN = "unseen"
    """Nobody has looked yet."""

    MISSING = "missing"
    """The broker does not have it."""

    CURRENT = "current"
    BEHIND = "behind"
    NEARLY_LOSING = "nearly_losing"
    LOSING = "losing"
    """A limit is reached: the oldest events leave the queue for each that comes."""

    PAUSED = "paused"
    """Nothing is sent to its address."""


@dataclass(frozen=True)
class Lag:
    """One look at one queue."""

    waiting: int
    """Events that no reader has been handed."""

    readers: int
    behind_since: datetime | None
    """Since when something has waited without a break, as far as this process has seen."""

    share: float
    """Of the limit that is nearest, length or age; 1 is reached."""

    seen_at: datetime


@dataclass(frozen=True)
class Looked:
    """What the last round found."""

    at: datetime | None
    lags: Mapping[str, Lag]
    missing: frozenset[str]

    def is_fresh(self, now: datetime) -> bool:
        return self.at is not None and now - self.at < FRESH

    def standing(self, partner: str) -> Standing:
        if partner in self.missing:
            return Standing.MISSING
        lag = self.lags.get(partner)
        return Standing.UNSEEN if lag is None else standing(lag)


def standing(lag: Lag) -> Standing:
    if lag.share >= 1:
        return Standing.LOSING
    if lag.share >= ALARM:
        return Standing.NEARLY_LOSING
    return Standing.BEHIND if lag.waiting else Standing.CURRENT
