"""How long a sign-in lasts."""

from datetime import datetime, timedelta

IDLE = timedelta(hours=2)
"""Without a sign of life from the browser."""

ABSOLUTE = timedelta(hours=12)
"""Whatever the activity: a stolen session ends within the day."""


def ends_at(opened_at: datetime, last_used_at: datetime) -> datetime:
    """The first instant at which the session is over if nothing more happens."""
    return min(opened_at + ABSOLUTE, last_used_at + IDLE)


def is_over(opened_at: datetime, last_used_at: datetime, now: datetime) -> bool:
    return now >= ends_at(opened_at, last_used_at)
