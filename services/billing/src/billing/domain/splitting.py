"""Sharing cents without losing one, and who pays which of a family's days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Weeks(StrEnum):
    """The ISO weeks whose days a payer is billed for."""

    EVERY = "every"
    EVEN = "even"
    ODD = "odd"

    def holds(self, day: date) -> bool:
        parity = Weeks.EVEN if day.isocalendar().week % 2 == 0 else Weeks.ODD
        return self in (Weeks.EVERY, parity)


@dataclass(frozen=True)
class Payer:
    """What part of the family's days one guardian pays, in thousandths."""

    guardian_id: UUID
    weeks: Weeks
    share_per_mille: int


def split_cents(total: int, weights: Sequence[int]) -> list[int]:
    """Parts in proportion to the weights (positive) whose sum is the total, to the cent.

    Each part is within a cent of its exact share; cents left over go to the largest remainders,
    the first one when equal. What is taken back is split exactly as it was charged.
    """
    whole = sum(weights)
    size = abs(total)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda index: (-(size * weights[index] % whole), index)
    )
    for index in by_remainder[: size - sum(parts)]:
        parts[index] += 1
    return parts if total >= 0 else [-part for part in parts]


def shares_of_day(payers: Sequence[Payer], day: date) -> list[Payer]:
    """Who pays that day. When no payer's weeks hold, all share it: a day is never left unpaid."""
    concerned = [payer for payer in payers if payer.weeks.holds(day)]
    return concerned or list(payers)


@dataclass(frozen=True)
class Share:
    """One payer's part of a charge line, in cents; negative for a reversal."""

    payer_id: UUID
    care_cents: int
    food_cents: int

    @property
    def amount_cents(self) -> int:
        return self.care_cents + self.food_cents


def split_line(payers: Sequence[Payer], day: date, care_cents: int, food_cents: int) -> list[Share]:
    """Care and food are each shared to the cent, so that the tax certificate adds up too."""
    concerned = shares_of_day(payers, day)
    weights = [payer.share_per_mille for payer in concerned]
    care, food = split_cents(care_cents, weights), split_cents(food_cents, weights)
    return [
        Share(payer.guardian_id, c, f) for payer, c, f in zip(concerned, care, food, strict=True)
    ]
