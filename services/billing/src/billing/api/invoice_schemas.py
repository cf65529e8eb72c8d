"""An invoice as its page shows it. Amounts are integer euro cents."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from billing.domain.invoicing import InvoicedLine
from billing.invoice_page import InvoicePage
from billing.store.invoices import IssuedInvoice

from .paging import pages_of
from .run_schemas import CreditNoteView


class InvoiceItem(BaseModel):
    """An invoice in a list; `has_document` is false for those of the former software."""

    invoice_id: UUID
    number: str
    period: str
    issued_on: date
    due_on: date
    total_cents: int
    previous_balance_cents: int
    remaining_cents: int
    has_document: bool
    payer_id: UUID | None
    """None: the payers together."""
    debtor_name: str

    @classmethod
    def of(cls, invoice: IssuedInvoice) -> Self:
        return cls(
            invoice_id=invoice.invoice_id,
            number=invoice.number,
            period=invoice.period,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            total_cents=invoice.total_cents,
            previous_balance_cents=invoice.previous_balance_cents,
            remaining_cents=invoice.remaining_cents,
            has_document=invoice.run_id is not None,
            payer_id=invoice.payer_id,
            debtor_name=str(invoice.debtor.get("name") or ""),
        )


class Invoices(BaseModel):
    items: list[InvoiceItem]
    page: int
    pages: int
    total: int

    @classmethod
    def of(cls, found: list[IssuedInvoice], page: int, total: int) -> Self:
        items = [InvoiceItem.of(invoice) for invoice in found]
        return cls(items=items, page=page, pages=pages_of(total), total=total)


class RowView(BaseModel):
    """Days of one child at one price; a negative quantity takes days back."""

    model_config = ConfigDict(from_attributes=True)

    label: str
    days: list[date]
    quantity: int
    unit_cents: int
    amount_cents: int
    care_cents: int
    food_cents: int
    explanation: str


class ChildView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    rows: list[RowView]
    amount_cents: int


class InvoiceView(InvoiceItem):
    """The whole invoice, in words and figures: what the PDF says, accessibly."""

    family_id: UUID
    debtor_address: list[str]
    reference: str
    cash_office: str
    care_cents: int
    food_cents: int
    to_pay_cents: int
    children: list[ChildView]
    credit_notes: list[CreditNoteView]
    how_to_pay: list[str]
    online_payment: bool

    @classmethod
    def of_page(cls, page: InvoicePage) -> Self:
        invoice = page.invoice
        return cls(
            **InvoiceItem.of(invoice).model_dump(),
            family_id=invoice.family_id,
            debtor_address=list(page.debtor_address),
            reference=page.reference,
            cash_office=page.cash_office,
            care_cents=invoice.care_cents,
            food_cents=invoice.food_cents,
            to_pay_cents=invoice.to_pay_cents,
            children=[ChildView.model_validate(child) for child in page.children],
            credit_notes=[CreditNoteView.of(note) for note in page.credit_notes],
            how_to_pay=list(page.how_to_pay),
            online_payment=page.online_payment,
        )


class LineView(BaseModel):
    """One child's day; `credited` when a credit note took it back."""

    charge_line_id: UUID
    child_name: str
    day: date
    label: str
    amount_cents: int
    credited: bool


class InvoiceLines(BaseModel):
    """Every line: an invoice has a few dozen."""

    items: list[LineView]
    page: int = 1
    pages: int = 1
    total: int

    @classmethod
    def of(cls, found: list[InvoicedLine], credited: set[UUID], names: dict[UUID, str]) -> Self:
        items = [
            LineView(
                charge_line_id=line.charge_line_id,
                child_name=names.get(line.child_id, "Enfant"),
                day=line.day,
                label=line.price.label,
                amount_cents=line.amount_cents,
                credited=line.charge_line_id in credited,
            )
            for line in found
        ]
        return cls(items=items, total=len(items))
