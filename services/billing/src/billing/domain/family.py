"""What billing must know of a family to price its days."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class QuotientPeriod:
    """A quotient familial (whole euros) and the days it holds for, upper bound excluded."""

    valid_from: date
    valid_to: date | None
    value: int

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class FamilyFacts:
    """Where the family lives and what its quotients were, are and will be."""

    resident: bool
    quotients: tuple[QuotientPeriod, ...] = ()

    def quotient_on(self, day: date) -> QuotientPeriod | None:
        """The quotient that holds that day; the one that began last when several would."""
        holding = [period for period in self.quotients if period.holds_on(day)]
        return max(holding, key=lambda period: period.valid_from, default=None)
