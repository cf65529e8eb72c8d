"""What a day costs a family, and why. All amounts are integer euro cents.

One function, `price`, answers for charge lines, for « tarifs appliqués » and for the staff's
question, so that the three can never disagree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from .family import FamilyFacts


class NoRate(Exception):
    """No rate grid of that code holds on that day."""


class FaultyBands(ValueError):
    """The bands of a grid leave a quotient without a price, or with two; the text is French."""


@dataclass(frozen=True)
class Band:
    """Quotients from `lowest` (included) to `below` (excluded; None: no limit) and their price.

    `care_cents` is the part of `unit_cents` that is childcare; the rest is food, which the tax
    credit leaves out (domain.md, section 2).
    """

    lowest: int
    below: int | None
    label: str
    unit_cents: int
    care_cents: int

    def holds(self, quotient: int) -> bool:
        return self.lowest <= quotient and (self.below is None or quotient < self.below)


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


@dataclass(frozen=True)
class Price:
    """A unit price and everything that it was made of.

    `unit_cents` is what is paid, `supplement_cents` included; `care_cents + food_cents` is the
    same amount. `quotient` is None when none was known for that day.
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


def price(grids: Iterable[RateGrid], family: FamilyFacts, rate_code: str, day: date) -> Price:
    """The price of one unit on a service date.

    The grid is the one in force on the day of service, not on the day of booking. Raises NoRate.
    """
    for grid in grids:
        if grid.code == rate_code and grid.holds_on(day):
            return _price_in(grid, family, day)
    raise NoRate(f"Aucun barème « {rate_code} » ne s’applique le {day:%d/%m/%Y}.")


def prices(grids: Iterable[RateGrid], family: FamilyFacts, day: date) -> tuple[Price, ...]:
    """Every rate in force that day, for this family."""
    return tuple(_price_in(grid, family, day) for grid in grids if grid.holds_on(day))


def _price_in(grid: RateGrid, family: FamilyFacts, day: date) -> Price:
    known = family.quotient_on(day)
    band = _band(grid, None if known is None else known.value)
    # The supplement pays for the place, not for the plate: it counts as care.
    supplement = 0 if family.resident else grid.non_resident_supplement_cents
    return Price(
        grid_id=grid.grid_id,
        rate_code=grid.code,
        label=grid.label,
        band_label=band.label,
        unit_cents=band.unit_cents + supplement,
        care_cents=band.care_cents + supplement,
        food_cents=band.unit_cents - band.care_cents,
        supplement_cents=supplement,
        resident=family.resident,
        quotient=None if known is None else known.value,
        quotient_since=None if known is None else known.valid_from,
    )


def _band(grid: RateGrid, quotient: int | None) -> Band:
    """Without a known quotient the highest band applies (domain.md, section 1.5)."""
    if quotient is None:
        return max(grid.bands, key=lambda band: band.lowest)
    return next(band for band in grid.bands if band.holds(quotient))


def check_bands(bands: Sequence[Band]) -> None:
    """Every quotient from 0 upwards has exactly one price; raises FaultyBands."""
    if len({band.label for band in bands}) != len(bands):
        raise FaultyBands("Deux tranches portent le même nom.")
    expected: int | None = 0
    for band in sorted(bands, key=lambda band: band.lowest):
        if expected is None or band.lowest < expected:
            raise FaultyBands(f"La tranche {band.label} chevauche la précédente.")
        if band.lowest > expected:
            raise FaultyBands(f"Aucune tranche ne couvre le quotient {expected}.")
        if band.below is not None and band.below <= band.lowest:
            raise FaultyBands(f"La tranche {band.label} est vide.")
        if not 0 <= band.care_cents <= band.unit_cents:
            raise FaultyBands(f"La part de garde de la tranche {band.label} dépasse son prix.")
        expected = band.below
    if expected is not None:
        raise FaultyBands(f"Aucune tranche ne couvre le quotient {expected} et au-delà.")
