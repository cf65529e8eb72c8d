"""How long someone must wait before the next attempt to sign in.

CNIL's recommendation of 2022 allows a 50-bit password when attempts are slowed down: waits grow
with each failure in a sliding window, per account and per address, and end by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

NO_WAIT = timedelta(0)
_MOST_DOUBLINGS = 16


@dataclass(frozen=True)
class Rule:
    """`free` failures within `window` cost nothing; each one more doubles the wait."""

    window: timedelta
    free: int
    first_wait: timedelta
    longest_wait: timedelta


PER_ACCOUNT = Rule(
    window=timedelta(hours=1),
    free=5,
    first_wait=timedelta(seconds=30),
    longest_wait=timedelta(minutes=15),
)
PER_ADDRESS = Rule(
    # A town hall, a school or a mobile operator puts many families behind one address.
    window=timedelta(minutes=15),
    free=40,
    first_wait=timedelta(seconds=15),
    longest_wait=timedelta(minutes=15),
)


def wait_under(rule: Rule, failures: Sequence[datetime], now: datetime) -> timedelta:
    """The wait that one rule asks for, from the instants of the failures that it counts."""
    recent = [at for at in failures if now - at < rule.window]
    beyond = len(recent) - rule.free
    if beyond < 0 or not recent:
        return NO_WAIT
    doubled: int = 2 ** min(beyond, _MOST_DOUBLINGS)
    wait = min(rule.first_wait * doubled, rule.longest_wait)
    return max(max(recent) + wait - now, NO_WAIT)


def wait_before(
    of_account: Sequence[datetime], of_address: Sequence[datetime], now: datetime
) -> timedelta:
    """The longer of both waits; zero when the attempt may be made."""
    return max(wait_under(PER_ACCOUNT, of_account, now), wait_under(PER_ADDRESS, of_address, now))
