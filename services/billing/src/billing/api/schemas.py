"""What billing's HTTP doors take and give. Amounts are integer euro cents."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from billing.store.charges import PAGE, ChargeLine
from billing.store.ledger import ImportedInvoice, Invoice
from billing.wording import explain_line

from .inputs import Cents, Words


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
    has_document: bool


class Summary(BaseModel):
    """Where the family stands.

    `previous_balance_cents` is what is owed besides the newest invoice (« solde antérieur »).
    `others_apart`: the access that the family shares does not see what is billed to one payer.
    """

    balance_cents: int
    previous_balance_cents: int
    unpaid: list[InvoiceView]
    online_payment: bool
    others_apart: bool

    @classmethod
    def of(
        cls, balance_cents: int, invoices: Sequence[Invoice], *, online: bool, others_apart: bool
    ) -> Self:
        newest = invoices[-1].remaining_cents if invoices else 0
        return cls(
            balance_cents=balance_cents,
            previous_balance_cents=balance_cents - newest,
            unpaid=[InvoiceView.model_validate(i) for i in invoices if i.remaining_cents > 0],
            # The guide that families are handed says so: PAIEMENT EN LIGNE : NON DISPONIBLE.
            online_payment=online,
            others_apart=others_apart,
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
