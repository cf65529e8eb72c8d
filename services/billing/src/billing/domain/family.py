"""What billing must know of a family to price its days and to address its invoices."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


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
    """Where the family lives, how many its children are, what its quotients were and will be."""

    resident: bool
    quotients: tuple[QuotientPeriod, ...] = ()
    children: int = 1

    def quotient_on(self, day: date) -> QuotientPeriod | None:
        """The quotient that holds that day; the one that began last when several would."""
        holding = [period for period in self.quotients if period.holds_on(day)]
        return max(holding, key=lambda period: period.valid_from, default=None)


@dataclass(frozen=True)
class Guardian:
    """A guardian as a letter is addressed to them."""

    guardian_id: UUID
    civility: str
    given_name: str
    family_name: str
    is_payer: bool
    address: tuple[str, ...]

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.civility, self.given_name, self.family_name) if part)
