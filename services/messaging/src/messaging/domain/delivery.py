"""What to do after a try to send an e-mail. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
GIVE_UP_AFTER = timedelta(days=3)
"""As mail servers do with each other."""


class Outcome(StrEnum):
    """How one try ended, and whose doing it was."""

    SENT = "sent"
    LATER = "later"
    """Refused for now (4xx), or the conversation broke."""
    SERVER_AWAY = "server-away"
    """No conversation at all: no try of this e-mail."""
    REFUSED = "refused"
    """The mailbox itself is refused (5xx to its name): the address is wrong."""
    IMPOSSIBLE = "impossible"
    """The server will not take this e-mail (5xx), or it cannot be written."""


class State(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Next:
    """What becomes of the delivery; `due_at` only while it waits."""

    state: State
    attempts: int
    due_at: datetime | None = None


@dataclass(frozen=True)
class Bounce:
    """A delivery that its server took, and that a mailbox refused for good."""

    delivery_id: UUID
    code: int
    """The status 5.1.1 as 511; 500 for one that has no place in three digits."""


def after(outcome: Outcome, attempts: int, created_at: datetime, now: datetime) -> Next:
    """`attempts` before this one. While the server is away nothing is given up on."""
    match outcome:
        case Outcome.SENT:
            return Next(State.SENT, attempts + 1)
        case Outcome.REFUSED:
            return Next(State.REFUSED, attempts + 1)
        case Outcome.IMPOSSIBLE:
            return Next(State.FAILED, attempts + 1)
        case Outcome.SERVER_AWAY:
            return Next(State.WAITING, attempts, now + WAITS[0])
        case Outcome.LATER:
            return _later(attempts + 1, created_at, now)


def _later(attempts: int, created_at: datetime, now: datetime) -> Next:
    if now - created_at >= GIVE_UP_AFTER:
        return Next(State.FAILED, attempts)
    return Next(State.WAITING, attempts, now + WAITS[min(attempts, len(WAITS)) - 1])
