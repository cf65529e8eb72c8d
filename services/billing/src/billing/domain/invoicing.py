"""When an invoice is made, when its amount waits, and how its lines are grouped. Cents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from .booking import Basis
from .pricing import Price

THRESHOLD_CENTS = 1500
"""Claims below are not collected (CGCT D.1611-1): they wait for the next invoice."""


def is_carried_over(total_cents: int, previous_cents: int, threshold: int) -> bool:
    """Whether the lines wait for a later run.

    A credit is given at once; what is owed is asked when it reaches the threshold together with
    what was owed before.
    """
    return 0 <= total_cents < threshold and total_cents + previous_cents < threshold


class Caution(StrEnum):
    """What staff should look at before they issue."""

    ZERO_PRICE = "zero_price"
    SUDDEN_CHANGE = "sudden_change"
    MISSING_QUOTIENT = "missing_quotient"
    NO_ADDRESS = "no_address"
    CREDIT = "credit"


@dataclass(frozen=True)
class InvoicedLine:
    """One payer's part of a charge line."""

    charge_line_id: UUID
    child_id: UUID
    day: date
    price: Price
    basis: Basis
    is_reversal: bool
    amount_cents: int
    care_cents: int
    food_cents: int


@dataclass(frozen=True)
class LineGroup:
    """Days of one child at the same price for the same reason."""

    child_id: UUID
    label: str
    price: Price
    basis: Basis
    is_reversal: bool
    shared: bool
    days: tuple[date, ...]
    amount_cents: int
    care_cents: int
    food_cents: int

    @property
    def quantity(self) -> int:
        return -len(self.days) if self.is_reversal else len(self.days)


def group_lines(lines: Iterable[InvoicedLine]) -> list[LineGroup]:
    """In the order of children, labels and days; amounts of the groups add up to those of lines."""
    ordered = sorted(lines, key=lambda line: (*_key(line), line.day))
    return [_group(list(found)) for _, found in groupby(ordered, key=_key)]


def _key(line: InvoicedLine) -> tuple[object, ...]:
    price = line.price
    return (
        str(line.child_id),
        line.is_reversal,
        (line.day.year, line.day.month),
        price.label,
        price.unit_cents,
        price.quotient is None,
        price.quotient or 0,
        line.basis,
        str(price.grid_id),
        line.amount_cents != (-price.unit_cents if line.is_reversal else price.unit_cents),
    )


def _group(lines: list[InvoicedLine]) -> LineGroup:
    first = lines[0]
    whole = -first.price.unit_cents if first.is_reversal else first.price.unit_cents
    return LineGroup(
        child_id=first.child_id,
        label=first.price.label,
        price=first.price,
        basis=first.basis,
        is_reversal=first.is_reversal,
        shared=first.amount_cents != whole,
        days=tuple(line.day for line in lines),
        amount_cents=sum(line.amount_cents for line in lines),
        care_cents=sum(line.care_cents for line in lines),
        food_cents=sum(line.food_cents for line in lines),
    )
