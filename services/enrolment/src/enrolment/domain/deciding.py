"""Rules that decide on the authority's behalf: off until somebody switches one on.

A rule speaks of one activity and one kind of request, and only ever accepts: a refusal is a
person's (CRPA L.211-2 wants its reasons).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID


class Decidable(StrEnum):
    """Kinds of request that a rule may accept; the values are those of the requests."""

    BOOKING = "booking.request"
    CANCELLING = "booking.cancel"
    ABSENCE = "absence.declare"


@dataclass(frozen=True)
class DecidingRule:
    """« Les réservations de cette activité, quand il y a une place et que le délai est tenu »."""

    rule_id: UUID
    activity_id: UUID
    kind: Decidable
    label: str


@dataclass(frozen=True)
class AskedLine:
    """What a rule looks at of one child, slot and day."""

    activity_id: UUID
    has_place: bool
    """Its place is held; always so for what gives a place back."""
    in_notice: bool


class LeftToStaff(StrEnum):
    """Why a rule does not decide."""

    NO_RULE = "no_rule"
    NO_PLACE = "no_place"
    TOO_LATE = "too_late"
    NEEDS_RULING = "needs_ruling"


@dataclass(frozen=True)
class Verdict:
    """The rule that accepts, or why it is left to staff."""

    rule: DecidingRule | None = None
    why_not: LeftToStaff | None = None


Rules = Mapping[tuple[UUID, str], DecidingRule]
"""Rules in force, by activity and kind."""

OFF: Final = Verdict(why_not=LeftToStaff.NO_RULE)


def decide(
    rules: Rules, kind: str, lines: Sequence[AskedLine], *, needs_ruling: bool = False
) -> Verdict:
    """A request is accepted as a whole, when a rule speaks for each of its lines."""
    found = [rules.get((line.activity_id, kind)) for line in lines]
    speaking = [rule for rule in found if rule is not None]
    if not lines or len(speaking) < len(lines):
        return OFF
    if any(not line.has_place for line in lines):
        return Verdict(why_not=LeftToStaff.NO_PLACE)
    if any(not line.in_notice for line in lines):
        return Verdict(why_not=LeftToStaff.TOO_LATE)
    if needs_ruling:
        return Verdict(why_not=LeftToStaff.NEEDS_RULING)
    return Verdict(rule=speaking[0])


@dataclass(frozen=True)
class Past:
    """A request of the past, and what became of it: `decided` None while it waits."""

    request_id: UUID
    number: str
    verdict: Verdict
    accepted: bool | None


@dataclass(frozen=True)
class Rehearsal:
    """What a rule would have decided, beside what staff did."""

    past: tuple[Past, ...]

    @property
    def would_accept(self) -> list[Past]:
        return [one for one in self.past if one.verdict.rule is not None]

    @property
    def against_staff(self) -> list[Past]:
        """Accepted by the rule where staff refused: to be looked at before it is switched on."""
        return [one for one in self.would_accept if one.accepted is False]

    def left(self, why: LeftToStaff) -> int:
        return sum(one.verdict.why_not is why for one in self.past)
