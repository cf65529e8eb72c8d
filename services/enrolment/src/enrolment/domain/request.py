"""A request (demande): its states, who may move it where, its number and its legal deadline."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class RequestState(StrEnum):
    """Where a request stands (architecture, section 3)."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    APPLIED = "applied"
    FAILED = "failed"


class Step(StrEnum):
    """What can happen to a request."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    APPLY = "apply"
    FAIL = "fail"
    REVERSE = "reverse"


@dataclass(frozen=True)
class Rule:
    """A step is possible from these states only, and leads to one."""

    sources: frozenset[RequestState]
    target: RequestState


_OPEN = frozenset({RequestState.PENDING, RequestState.FAILED})

RULES: Mapping[Step, Rule] = {
    # What could not be applied is decided again by staff, who have seen why.
    Step.ACCEPT: Rule(_OPEN, RequestState.ACCEPTED),
    Step.REFUSE: Rule(_OPEN, RequestState.REFUSED),
    Step.WITHDRAW: Rule(_OPEN, RequestState.WITHDRAWN),
    Step.APPLY: Rule(frozenset({RequestState.ACCEPTED}), RequestState.APPLIED),
    Step.FAIL: Rule(frozenset({RequestState.ACCEPTED}), RequestState.FAILED),
    # A day of it is taken back by staff: the rest stays as it was applied.
    Step.REVERSE: Rule(frozenset({RequestState.APPLIED}), RequestState.APPLIED),
}


class Channel(StrEnum):
    """Through which door a step came."""

    PORTAL = "portal"
    CONSOLE = "console"
    FRONT_DESK = "front_desk"
    RULE = "rule"


class LineOutcome(StrEnum):
    """What became of one child, slot and day of a request."""

    REQUESTED = "requested"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    WAITLISTED = "waitlisted"
    EXPIRED = "expired"
    REVERSED = "reversed"
    """Accepted, and taken back by staff."""


@dataclass(frozen=True)
class Actor:
    """Who does a step: `on_behalf_of` is the family when staff or a rule act for it."""

    id: str
    name: str
    channel: Channel
    on_behalf_of: UUID | None = None
    rule: str | None = None


class ReasonMissing(ValueError):
    """A refusal says why (CRPA L.211-2: decisions that refuse are reasoned)."""


class NothingAccepted(ValueError):
    """Every item is refused: that is a refusal of the whole, with its reason."""

    def __init__(self) -> None:
        super().__init__("Aucun élément n’est accepté : refusez la demande entière.")


class RulingMissing(ValueError):
    """Staff must say whether the day is billed: the reason of the absence leaves it to them."""

    def __init__(self) -> None:
        super().__init__("Dites si cette absence est facturée : son motif vous laisse en décider.")


class NotReversible(Exception):
    """The accepted absence cannot be taken back as it is; the text is a French sentence."""


class DayIsFull(Exception):
    """Taking the absence back would put one child more than there are places: staff confirm it."""

    def __init__(self) -> None:
        super().__init__(
            "La place a été donnée depuis\u00a0: ce jour serait en surnombre. Confirmez pour aller"
            " plus loin."
        )


class RequestChanged(Exception):
    """The request is no longer what the person saw; says who moved it, when, and to what."""

    def __init__(
        self,
        words: str,
        state: RequestState,
        version: int,
        changed_by: str | None,
        changed_at: datetime | None,
    ) -> None:
        super().__init__(words)
        self.state, self.version = state, version
        self.changed_by, self.changed_at = changed_by, changed_at


def may_move(state: RequestState, version: int, step: Step, seen_version: int | None) -> bool:
    """Whether the step is possible for somebody who saw that version (None: the newest)."""
    return state in RULES[step].sources and seen_version in (None, version)


def number_for(year: int, sequence: int) -> str:
    """D-2026-01342: the year of submission, and a number that never goes back."""
    return f"D-{year}-{sequence:05d}"


def due_on(submitted_on: date) -> date:
    """The day from which silence means acceptance: two months after submission (CRPA L.231-1).

    Counted from date to date; 31 December leads to the last day of February.
    """
    return add_months(submitted_on, 2)


def recent_from(today: date) -> date:
    """Decisions since that day are in « Liste des demandes »; older ones are history."""
    return add_months(today, -1)


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
