"""How long someone who tried too often must wait, in words."""

from contextlib import suppress
from datetime import datetime, timedelta

from chassis.web import french


def too_many(again: datetime) -> str:
    return f"Trop de tentatives. Réessayez à partir de {french.hour(again)}."


def retry_at(said: object, now: datetime) -> datetime:
    """Accounts says a number of seconds, or an instant; rounded up to a minute people can read."""
    at = now + timedelta(minutes=1)
    if isinstance(said, int | float):
        at = now + timedelta(seconds=said)
    elif isinstance(said, str):
        with suppress(ValueError):
            at = datetime.fromisoformat(said)
    if at.tzinfo is None or at < now:
        at = now
    return (at + timedelta(seconds=59)).replace(second=0, microsecond=0)
