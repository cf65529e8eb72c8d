"""How long one must wait: who tried too often, and whose turn has not come yet."""

from contextlib import suppress
from datetime import datetime, timedelta

from fastapi.responses import Response

from chassis.peers import PeerBusy, PeerUnavailable
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


def why_unanswered(error: PeerUnavailable, otherwise: str) -> str:
    """A service that says when the family's turn comes says it in its own words."""
    return french.narrow_spaces(error.words if isinstance(error, PeerBusy) else otherwise)


def until_turn(page: Response, error: PeerUnavailable) -> Response:
    """The answer with the time of the family's turn, which the script of the page waits for."""
    if isinstance(error, PeerBusy):
        page.headers["Retry-After"] = str(error.seconds)
    return page
