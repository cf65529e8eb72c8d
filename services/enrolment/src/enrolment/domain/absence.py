"""Absences: their reasons, until when they are in time, and what they do to the bill."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

LATEST = timedelta(days=15)
"""An absence may be declared until so long after the day (observed: 48 hours to 15 days)."""

WITHOUT_A_BREAK = timedelta(days=7)
"""Two absences no further apart are one absence: a week's Wednesdays follow each other."""


class Proof(StrEnum):
    """What the authority wants to see."""

    NONE = "none"
    DECLARED = "declared"
    DOCUMENT = "document"


class Billing(StrEnum):
    """What a reason does to the bill (domain facts, section 1.4)."""

    BILLED = "billed"
    NOT_BILLED = "not_billed"
    FREE_IN_NOTICE = "free_in_notice"
    STAFF_DECIDE = "staff_decide"


class Effect(StrEnum):
    """What one day of absence will do to the bill."""

    FREE = "free"
    WAITING_DAY = "waiting_day"
    BILLED = "billed"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class AbsenceReason:
    """A motif: `waiting_days` (jours de carence) are billed before the rest is free."""

    code: str
    label: str
    proof: Proof = Proof.NONE
    proof_hours: int | None = None
    billing: Billing = Billing.NOT_BILLED
    waiting_days: int = 0
    needs_text: bool = False
    staff_only: bool = False
    active: bool = True
    position: int = 0

    def document_due(self, since: datetime) -> datetime | None:
        """Until when the supporting document is awaited: some hours after the day has begun, or
        after it was declared when that was later."""
        if self.proof is not Proof.DOCUMENT:
            return None
        return since + timedelta(hours=self.proof_hours or 48)


@dataclass(frozen=True)
class DayEffect:
    """One day of an absence: whether it was said in time, and what it does to the bill."""

    day: date
    in_notice: bool
    effect: Effect


def effect_on_bill(reason: AbsenceReason, nth: int, *, in_notice: bool, can_cancel: bool) -> Effect:
    """`nth` is the day's rank in its absence, from 1; `can_cancel`: before the cancelling limit.

    A personal convenience is free only while the booking could have been cancelled for free:
    otherwise a call on the morning itself would empty the notice period of its meaning.
    """
    match reason.billing:
        case Billing.BILLED:
            return Effect.BILLED
        case Billing.STAFF_DECIDE:
            return Effect.UNDECIDED
        case Billing.FREE_IN_NOTICE:
            return Effect.FREE if in_notice and can_cancel else Effect.BILLED
        case Billing.NOT_BILLED:
            return Effect.WAITING_DAY if nth <= reason.waiting_days else Effect.FREE


def ranks(days: list[date]) -> dict[date, int]:
    """Each day's rank in its own absence: days that follow each other are one absence."""
    ordered = sorted(set(days))
    found = {ordered[0]: 1} if ordered else {}
    for earlier, later in pairwise(ordered):
        found[later] = found[earlier] + 1 if later - earlier <= WITHOUT_A_BREAK else 1
    return found


def may_declare(begins: datetime, now: datetime) -> bool:
    """Before the day, on it, and for some days after."""
    return now < begins + LATEST
