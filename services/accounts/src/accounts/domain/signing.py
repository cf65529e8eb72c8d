"""When signing keys are made, used and dropped. A key is published before it signs anything.

Of the keys known, the one whose `signs_from` is the latest in the past signs; later ones are next;
earlier ones are former and stay published until the longest token that they signed has expired.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

SIGNS_FOR = timedelta(days=30)
ANNOUNCED_FOR = timedelta(days=2)
"""How long a next key is published before it signs; more than the daily round of rotation."""

SHORT_NOTICE = timedelta(minutes=2)
"""The same when an operator asks for a rotation; longer than replicas keep the keys in memory."""

KEPT_AFTER = timedelta(minutes=15)
"""How long a former key stays published: a token's five minutes, clocks that differ, a margin."""


@dataclass(frozen=True)
class KeyTimes:
    """A key's name and the instant from which it signs."""

    kid: str
    signs_from: datetime


@dataclass(frozen=True)
class Plan:
    """What to change: a key to make (from when it signs), one to bring forward, some to drop."""

    make_from: datetime | None = None
    bring_forward: tuple[str, datetime] | None = None
    drop: tuple[str, ...] = ()


def current(keys: Sequence[KeyTimes], now: datetime) -> KeyTimes | None:
    """The key that signs now."""
    started = [key for key in keys if key.signs_from <= now]
    return max(started, key=_start, default=None)


def upcoming(keys: Sequence[KeyTimes], now: datetime) -> KeyTimes | None:
    """The key that signs next, if it is made already."""
    return min((key for key in keys if key.signs_from > now), key=_start, default=None)


def published(keys: Sequence[KeyTimes], now: datetime) -> tuple[KeyTimes, ...]:
    """Every key with which a valid token may still, or may soon, be signed."""
    outdated = set(_outdated(keys, now))
    return tuple(key for key in sorted(keys, key=_start) if key.kid not in outdated)


def plan(keys: Sequence[KeyTimes], now: datetime, *, forced: bool = False) -> Plan:
    """What a round of rotation must do; `forced` when an operator wants a new key soon."""
    drop = _outdated(keys, now)
    signing, following = current(keys, now), upcoming(keys, now)
    if signing is None:
        return Plan(make_from=now, drop=drop)
    soon = now + SHORT_NOTICE
    if following is None:
        if forced:
            return Plan(make_from=soon, drop=drop)
        if now >= signing.signs_from + SIGNS_FOR - ANNOUNCED_FOR:
            return Plan(make_from=max(signing.signs_from + SIGNS_FOR, soon), drop=drop)
    elif forced and following.signs_from > soon:
        return Plan(bring_forward=(following.kid, soon), drop=drop)
    return Plan(drop=drop)


def _outdated(keys: Sequence[KeyTimes], now: datetime) -> tuple[str, ...]:
    ordered = sorted(keys, key=_start)
    return tuple(
        key.kid for key, successor in pairwise(ordered) if successor.signs_from + KEPT_AFTER <= now
    )


def _start(key: KeyTimes) -> datetime:
    return key.signs_from
