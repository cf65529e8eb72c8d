"""What a day costs a family, and why. All amounts are integer euro cents.

One function, `price`, answers for charge lines, for « tarifs appliqués » and for the staff's
question, so that the three can never disagree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from .family import FamilyFacts


class NoRate(Exception):
    """No rate grid of that code holds on that day."""

    def __init__(self, rate_code: str, day: date) -> None:
        super().__init__(f"Aucun barème « {rate_code} » ne s’applique le {day:%d/%m/%Y}.")
        self.rate_code = rate_code


class FaultyBands(ValueError):
    """The bands of a grid leave a quotient without a price, or with two; the text is French."""


class Rule(StrEnum):
    """By what the price was found."""

    FLAT = "flat"
    BAND = "band"
    EFFORT = "effort"


@dataclass(frozen=True)
class Effort:
    """A taux d'effort: so many ten-thousandths of the quotient, never under the floor."""

    per_10000: int
    floor_cents: int

    def of(self, quotient: int, cap_cents: int) -> int:
        """Cents, half a cent rounded up; the quotient is in whole euros."""
        exact = quotient * 100 * self.per_10000
        return min(max((exact + 5_000) // 10_000, self.floor_cents), cap_cents)


@dataclass(frozen=True)
class Band:
    """Quotients from `lowest` (included) to `below` (excluded; None: no limit) and their price.

    `care_cents` is the part of `unit_cents` that is childcare; the rest is food, which the tax
    credit leaves out (domain.md, section 2). With an effort rate `unit_cents` is the cap, and the
    food costs the same whatever the price. The band is for families of `children_from` children
    or more, up to the next such number of its grid.
    """

    lowest: int
    below: int | None
    label: str
    unit_cents: int
    care_cents: int
    children_from: int = 1
    effort: Effort | None = None

    @property
    def food_cents(self) -> int:
        return self.unit_cents - self.care_cents

    def holds(self, quotient: int) -> bool:
        return self.lowest <= quotient and (self.below is None or quotient < self.below)

    def cents(self, quotient: int | None) -> int:
        if self.effort is None or quotient is None:
            return self.unit_cents
        return self.effort.of(quotient, self.unit_cents)


@dataclass(frozen=True)
class RateGrid:
    """The prices of one code, such as `canteen`, for the days of its validity (half-open)."""

    grid_id: UUID
    code: str
    label: str
    valid_from: date
    valid_to: date | None
    non_resident_supplement_cents: int
    bands: tuple[Band, ...]

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def bands_for(self, children: int) -> tuple[Band, ...]:
        """The bands of the greatest number of children that the family reaches."""
        reached = max(b.children_from for b in self.bands if b.children_from <= max(children, 1))
        return tuple(band for band in self.bands if band.children_from == reached)


@dataclass(frozen=True)
class Price:
    """A unit price and everything that it was made of.

    `unit_cents` is what is paid, `supplement_cents` included; `care_cents + food_cents` is the
    same amount. `quotient` is None when none was known for that day. `effort_per_10000` is set
    when the rule is an effort rate, `children_from` above 1 when the number of children counted.
    """

    grid_id: UUID
    rate_code: str
    label: str
    band_label: str
    unit_cents: int
    care_cents: int
    food_cents: int
    supplement_cents: int
    resident: bool
    quotient: int | None
    quotient_since: date | None
    rule: Rule = Rule.BAND
    effort_per_10000: int | None = None
    children_from: int = 1


def price(grids: Iterable[RateGrid], family: FamilyFacts, rate_code: str, day: date) -> Price:
    """The price of one unit on a service date.

    The grid is the one in force on the day of service, not on the day of booking. Raises NoRate.
    """
    for grid in grids:
        if grid.code == rate_code and grid.holds_on(day):
            return _price_in(grid, family, day)
    raise NoRate(rate_code, day)


def prices(grids: Iterable[RateGrid], family: FamilyFacts, day: date) -> tuple[Price, ...]:
    """Every rate in force that day, for this family."""
    return tuple(_price_in(grid, family, day) for grid in grids if grid.holds_on(day))


def _price_in(grid: RateGrid, family: FamilyFacts, day: date) -> Price:
    known = family.quotient_on(day)
    quotient = None if known is None else known.value
    band = _band(grid.bands_for(family.children), quotient)
    cents = band.cents(quotient)
    # The supplement pays for the place, not for the plate: it counts as care.
    supplement = 0 if family.resident else grid.non_resident_supplement_cents
    return Price(
        grid_id=grid.grid_id,
        rate_code=grid.code,
        label=grid.label,
        band_label=band.label,
        unit_cents=cents + supplement,
        care_cents=cents - band.food_cents + supplement,
        food_cents=band.food_cents,
        supplement_cents=supplement,
        resident=family.resident,
        quotient=quotient,
        quotient_since=None if known is None else known.valid_from,
        rule=_rule(grid, band),
        effort_per_10000=None if band.effort is None else band.effort.per_10000,
        children_from=band.children_from,
    )


def _rule(grid: RateGrid, band: Band) -> Rule:
    if band.effort is not None:
        return Rule.EFFORT
    return Rule.FLAT if len(grid.bands) == 1 else Rule.BAND


def _band(bands: Sequence[Band], quotient: int | None) -> Band:
    """Without a known quotient the highest band applies (domain.md, section 1.5)."""
    if quotient is None:
        return max(bands, key=lambda band: band.lowest)
    return next(band for band in bands if band.holds(quotient))


def check_bands(bands: Sequence[Band]) -> None:
    """Every quotient from 0 upwards has one price, for every number of children.

    Raises FaultyBands.
    """
    ordered = sorted(bands, key=lambda band: (band.children_from, band.lowest))
    if len({(band.children_from, band.label) for band in bands}) != len(bands):
        raise FaultyBands("Deux tranches portent le même nom.")
    if ordered and ordered[0].children_from != 1:
        raise FaultyBands("Aucune tranche ne vaut dès le premier enfant.")
    for _, tier in groupby(ordered, key=lambda band: band.children_from):
        _check_cover(list(tier))
    if not ordered:
        _check_cover(())


def _check_cover(bands: Sequence[Band]) -> None:
    expected: int | None = 0
    for band in bands:
        if expected is None or band.lowest < expected:
            raise FaultyBands(f"La tranche {band.label} chevauche la précédente.")
        if band.lowest > expected:
            raise FaultyBands(f"Aucune tranche ne couvre le quotient {expected}.")
        if band.below is not None and band.below <= band.lowest:
            raise FaultyBands(f"La tranche {band.label} est vide.")
        _check_amounts(band)
        expected = band.below
    if expected is not None:
        raise FaultyBands(f"Aucune tranche ne couvre le quotient {expected} et au-delà.")


def _check_amounts(band: Band) -> None:
    if not 0 <= band.care_cents <= band.unit_cents:
        raise FaultyBands(f"La part de garde de la tranche {band.label} dépasse son prix.")
    if band.effort and not band.food_cents <= band.effort.floor_cents <= band.unit_cents:
        raise FaultyBands(
            f"Le plancher de la tranche {band.label} doit couvrir le repas"
            " et ne pas dépasser le plafond."
        )
