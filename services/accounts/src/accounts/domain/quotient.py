"""The quotient familial of a family over time: periods that never overlap."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise


@dataclass(frozen=True)
class QuotientPeriod:
    """From `valid_from` included to `valid_to` excluded (no end when None); whole euros."""

    valid_from: date
    valid_to: date | None
    value: int

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class WrongQuotients(Exception):
    """The periods overlap, or one of them holds no day; the text says which, in French."""


def in_order(periods: Iterable[QuotientPeriod]) -> tuple[QuotientPeriod, ...]:
    """The periods by date; raises WrongQuotients. In a gap the quotient is unknown."""
    ordered = tuple(sorted(periods, key=lambda period: period.valid_from))
    for period in ordered:
        if period.valid_to is not None and period.valid_to <= period.valid_from:
            raise WrongQuotients("La fin d’une période de quotient doit suivre son début.")
    for earlier, later in pairwise(ordered):
        if earlier.valid_to is None or earlier.valid_to > later.valid_from:
            raise WrongQuotients("Deux périodes de quotient familial se chevauchent.")
    return ordered


def with_quotient(
    periods: Iterable[QuotientPeriod], valid_from: date, value: int
) -> tuple[QuotientPeriod, ...]:
    """The periods with a new quotient from that day, until the next one begins.

    What held that day ends there: earlier days keep their quotient (it is never retroactive).
    """
    kept, following = [], None
    for period in in_order(periods):
        if period.valid_from > valid_from:
            following = following or period.valid_from
            kept.append(period)
        elif period.valid_from < valid_from:
            ends = valid_from if period.holds_on(valid_from) else period.valid_to
            kept.append(QuotientPeriod(period.valid_from, ends, period.value))
    return in_order([*kept, QuotientPeriod(valid_from, following, value)])
