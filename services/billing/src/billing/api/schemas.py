"""What billing's HTTP doors take and give. Amounts are integer euro cents."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from billing.domain.pricing import Band, Price, RateGrid
from billing.store.charges import PAGE, ChargeLine
from billing.store.ledger import ImportedInvoice, Invoice

from .wording import explain, explain_line

LARGEST_CENTS = 10_000_000
LARGEST_QUOTIENT = 1_000_000

# One line of text: a control character would be invisible on paper, and PostgreSQL refuses NUL.
Words = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
RateCode = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Month = Annotated[str, StringConstraints(pattern=r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$")]
PageNumber = Annotated[int, Field(ge=1, le=100_000)]
Cents = Annotated[int, Field(ge=0, le=LARGEST_CENTS)]


class InvoiceView(BaseModel):
    """An invoice and what remains to be paid of it."""

    model_config = ConfigDict(from_attributes=True)

    invoice_id: UUID
    number: str
    period: str
    issued_on: date
    due_on: date
    total_cents: int
    remaining_cents: int


class Summary(BaseModel):
    """Where the family stands.

    `previous_balance_cents` is what is owed besides the newest invoice (« solde antérieur »).
    """

    balance_cents: int
    previous_balance_cents: int
    unpaid: list[InvoiceView]
    online_payment: bool

    @classmethod
    def of(cls, balance_cents: int, invoices: Sequence[Invoice]) -> Self:
        newest = invoices[-1].remaining_cents if invoices else 0
        return cls(
            balance_cents=balance_cents,
            previous_balance_cents=balance_cents - newest,
            unpaid=[InvoiceView.model_validate(i) for i in invoices if i.remaining_cents > 0],
            # The guide that families are handed says so: PAIEMENT EN LIGNE : NON DISPONIBLE.
            online_payment=False,
        )


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


class PriceAnswer(BaseModel):
    """The answer to the staff's question."""

    unit_cents: int
    band_label: str
    quotient: int | None
    explanation: str

    @classmethod
    def of(cls, price: Price) -> Self:
        return cls(
            unit_cents=price.unit_cents,
            band_label=price.band_label,
            quotient=price.quotient,
            explanation=explain(price),
        )


class ChargeLineView(BaseModel):
    """A line as it was recorded; a reversal names the line that it undoes."""

    charge_line_id: UUID
    booking_id: UUID
    child_id: UUID
    day: date
    rate_code: str
    label: str
    unit_cents: int
    amount_cents: int
    explanation: str
    recorded_at: datetime
    reverses: UUID | None

    @classmethod
    def of(cls, line: ChargeLine) -> Self:
        return cls(
            charge_line_id=line.charge_line_id,
            booking_id=line.booking_id,
            child_id=line.child_id,
            day=line.day,
            rate_code=line.price.rate_code,
            label=line.price.label,
            unit_cents=line.price.unit_cents,
            amount_cents=line.amount_cents,
            explanation=explain_line(line),
            recorded_at=line.recorded_at,
            reverses=line.reverses,
        )


class ChargeLines(BaseModel):
    """One page of lines."""

    items: list[ChargeLineView]
    page: int
    pages: int
    total: int

    @classmethod
    def of(cls, lines: Sequence[ChargeLine], page: int, total: int) -> Self:
        items = [ChargeLineView.of(line) for line in lines]
        return cls(items=items, page=page, pages=max(1, -(-total // PAGE)), total=total)


class BandBody(BaseModel):
    """Quotients from `from` (included) to `to` (excluded; null: no limit)."""

    model_config = ConfigDict(populate_by_name=True)

    lowest: int = Field(alias="from", ge=0, le=LARGEST_QUOTIENT)
    below: int | None = Field(alias="to", default=None, ge=1, le=LARGEST_QUOTIENT)
    label: Words
    unit_cents: Cents
    care_cents: Cents


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
            bands=tuple(
                Band(b.lowest, b.below, b.label, b.unit_cents, b.care_cents) for b in self.bands
            ),
        )


class RateGridView(RateGridBody):
    """A grid as it stands."""

    grid_id: UUID

    @classmethod
    def of(cls, grid: RateGrid) -> Self:
        bands = [
            BandBody(
                lowest=band.lowest,
                below=band.below,
                label=band.label,
                unit_cents=band.unit_cents,
                care_cents=band.care_cents,
            )
            for band in sorted(grid.bands, key=lambda band: band.lowest)
        ]
        return cls(
            grid_id=grid.grid_id,
            code=grid.code,
            label=grid.label,
            valid_from=grid.valid_from,
            valid_to=grid.valid_to,
            non_resident_supplement_cents=grid.non_resident_supplement_cents,
            bands=bands,
        )


class RateGrids(BaseModel):
    """Every grid, in one page: a house has a few dozen."""

    items: list[RateGridView]
    page: int = 1
    pages: int = 1
    total: int


class ImportedInvoiceBody(BaseModel):
    """An invoice of the former software; `paid_cents` may exceed the total (a credit)."""

    number: Words
    period: Words
    issued_on: date
    due_on: date
    total_cents: Cents
    paid_cents: Cents

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.due_on < self.issued_on:
            raise ValueError("an invoice is due after it was issued")
        return self

    def to_invoice(self, family_id: UUID) -> ImportedInvoice:
        return ImportedInvoice(
            family_id=family_id,
            number=self.number,
            period=self.period,
            issued_on=self.issued_on,
            due_on=self.due_on,
            total_cents=self.total_cents,
            paid_cents=self.paid_cents,
        )


class Imported(BaseModel):
    """Where the family stands after the import."""

    invoice_id: UUID
    balance_cents: int
