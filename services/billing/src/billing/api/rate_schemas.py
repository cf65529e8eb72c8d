"""Rates and prices, as billing's doors take and give them. Amounts are integer euro cents."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from billing.domain.family import FamilyFacts, QuotientPeriod
from billing.domain.pricing import Band, Effort, Price, RateGrid, Rule
from billing.wording import explain

from .inputs import LARGEST_QUOTIENT, Cents, Month, RateCode, Words


class RateView(BaseModel):
    """A rate as it applies to this family, and why."""

    rate_code: str
    label: str
    band_label: str
    unit_cents: int
    care_cents: int
    food_cents: int
    supplement_cents: int
    explanation: str

    @classmethod
    def of(cls, price: Price) -> Self:
        return cls(
            rate_code=price.rate_code,
            label=price.label,
            band_label=price.band_label,
            unit_cents=price.unit_cents,
            care_cents=price.care_cents,
            food_cents=price.food_cents,
            supplement_cents=price.supplement_cents,
            explanation=explain(price),
        )


class Rates(BaseModel):
    """« Tarifs appliqués » on one day."""

    on: date
    quotient: int | None
    resident: bool
    items: list[RateView]


class PriceAnswer(RateView):
    """The answer to the staff's question: which rule, which price, and why."""

    rule: Rule
    grid_id: UUID
    quotient: int | None
    resident: bool
    children: int

    @classmethod
    def to(cls, price: Price, family: FamilyFacts) -> Self:
        return cls(
            **RateView.of(price).model_dump(),
            rule=price.rule,
            grid_id=price.grid_id,
            quotient=price.quotient,
            resident=family.resident,
            children=family.children,
        )


class Supposed(BaseModel):
    """What staff may suppose instead of what is known of the family."""

    quotient: int | None = Field(default=None, ge=0, le=LARGEST_QUOTIENT)
    resident: bool | None = None
    children: int | None = Field(default=None, ge=1, le=20)

    def of(self, known: FamilyFacts, day: date) -> FamilyFacts:
        quotients = known.quotients
        if self.quotient is not None:
            quotients = (QuotientPeriod(day, None, self.quotient),)
        return FamilyFacts(
            resident=known.resident if self.resident is None else self.resident,
            quotients=quotients,
            children=self.children or known.children,
        )


class FamilyEffect(BaseModel):
    """What the new prices do to one family's month."""

    family_id: UUID
    units: int
    before_cents: int
    after_cents: int


class EffectView(BaseModel):
    """What the new prices would do to the days already booked of one month."""

    month: Month
    units: int
    before_cents: int
    after_cents: int
    families: int
    raised: int
    lowered: int
    largest: list[FamilyEffect]


class Repriced(BaseModel):
    """How many days were priced anew."""

    lines: int
    difference_cents: int


class RepriceBody(BaseModel):
    """From which day on the family's days take today's prices."""

    first: date


class BandBody(BaseModel):
    """Quotients from `from` (included) to `to` (excluded; null: no limit)."""

    model_config = ConfigDict(populate_by_name=True)

    lowest: int = Field(alias="from", ge=0, le=LARGEST_QUOTIENT)
    below: int | None = Field(alias="to", default=None, ge=1, le=LARGEST_QUOTIENT)
    label: Words
    unit_cents: Cents
    care_cents: Cents
    children_from: int = Field(default=1, ge=1, le=20)
    effort_per_10000: int | None = Field(default=None, ge=1, le=10_000)
    floor_cents: Cents | None = None

    @model_validator(mode="after")
    def _effort_is_whole(self) -> Self:
        if (self.effort_per_10000 is None) != (self.floor_cents is None):
            raise ValueError("an effort rate and its floor go together")
        return self

    def to_band(self) -> Band:
        effort = None
        if self.effort_per_10000 is not None and self.floor_cents is not None:
            effort = Effort(self.effort_per_10000, self.floor_cents)
        return Band(
            lowest=self.lowest,
            below=self.below,
            label=self.label,
            unit_cents=self.unit_cents,
            care_cents=self.care_cents,
            children_from=self.children_from,
            effort=effort,
        )

    @classmethod
    def of(cls, band: Band) -> Self:
        return cls(
            lowest=band.lowest,
            below=band.below,
            label=band.label,
            unit_cents=band.unit_cents,
            care_cents=band.care_cents,
            children_from=band.children_from,
            effort_per_10000=band.effort.per_10000 if band.effort else None,
            floor_cents=band.effort.floor_cents if band.effort else None,
        )


class RateGridBody(BaseModel):
    """The prices of one code for the days from `valid_from` to `valid_to` (excluded)."""

    code: RateCode
    label: Words
    valid_from: date
    valid_to: date | None = None
    non_resident_supplement_cents: Cents
    bands: list[BandBody] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("valid_to is the first day it no longer holds")
        return self

    def to_grid(self, grid_id: UUID) -> RateGrid:
        return RateGrid(
            grid_id=grid_id,
            code=self.code,
            label=self.label,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            non_resident_supplement_cents=self.non_resident_supplement_cents,
            bands=tuple(band.to_band() for band in self.bands),
        )


class RateGridView(RateGridBody):
    """A grid as it stands."""

    grid_id: UUID

    @classmethod
    def of(cls, grid: RateGrid) -> Self:
        ordered = sorted(grid.bands, key=lambda band: (band.children_from, band.lowest))
        return cls(
            grid_id=grid.grid_id,
            code=grid.code,
            label=grid.label,
            valid_from=grid.valid_from,
            valid_to=grid.valid_to,
            non_resident_supplement_cents=grid.non_resident_supplement_cents,
            bands=[BandBody.of(band) for band in ordered],
        )


class NewRateGrid(RateGridBody):
    """A grid to add; with `ends_previous` the one in force ends the day before."""

    ends_previous: bool = False


class NewRateGrids(BaseModel):
    """Rates that are entered together; with `ends_previous` those in force end the day before."""

    grids: list[RateGridBody] = Field(min_length=1, max_length=100)
    ends_previous: bool = False


class RateGrids(BaseModel):
    """Every grid, in one page: a house has a few dozen."""

    items: list[RateGridView]
    page: int = 1
    pages: int = 1
    total: int
