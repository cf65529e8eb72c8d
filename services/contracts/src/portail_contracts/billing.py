"""Facts published by billing: what is owed and why."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from .event import FamilyEvent, Reach

APART = "The guardian who is billed apart; none: the family's payers together."


class ChargeLineRecorded(FamilyEvent):
    """A day was priced; a correction is another line with the opposite amount."""

    type: ClassVar[str] = "billing.charge-line.recorded.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    charge_line_id: UUID = Field(description="The line; never changed.")
    booking_id: UUID = Field(description="The booking that is charged.")
    child_id: UUID = Field(description="The child.")
    day: date = Field(description="The day that is charged.")
    rate_code: str = Field(description="The rate grid that priced it, such as `canteen`.")
    amount_cents: int = Field(description="Euro cents; negative for a reversal.")

    @property
    def aggregate_id(self) -> UUID:
        return self.charge_line_id


class BalanceChanged(FamilyEvent):
    """The family's balance after an entry in the ledger."""

    type: ClassVar[str] = "billing.balance.changed.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    balance_cents: int = Field(description="Euro cents owed by the family; negative is a credit.")

    @property
    def aggregate_id(self) -> UUID:
        return self.family_id


class InvoiceIssued(FamilyEvent):
    """An invoice has its number and its archived PDF."""

    type: ClassVar[str] = "billing.invoice.issued.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    invoice_id: UUID = Field(description="The invoice.")
    number: str = Field(description="Its number, without gaps for each cash office and year.")
    period: str = Field(description="Month billed, as YYYY-MM.")
    total_cents: int = Field(description="Euro cents, without the previous balance.")
    due_on: date = Field(description="Last day to pay.")
    issued_at: datetime = Field(description="When it was issued.")
    payer_id: UUID | None = Field(default=None, description=APART)

    @property
    def aggregate_id(self) -> UUID:
        return self.invoice_id


class CreditNoteIssued(FamilyEvent):
    """Part or all of an invoice was taken back."""

    type: ClassVar[str] = "billing.credit-note.issued.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    credit_note_id: UUID = Field(description="The credit note.")
    number: str = Field(description="Its number, without gaps in the credit notes' own series.")
    invoice_id: UUID = Field(description="The invoice it takes back from.")
    total_cents: int = Field(description="Euro cents given back, positive.")
    issued_at: datetime = Field(description="When it was issued.")
    payer_id: UUID | None = Field(default=None, description=APART)

    @property
    def aggregate_id(self) -> UUID:
        return self.credit_note_id


class PaymentRecorded(FamilyEvent):
    """Money was received from the family."""

    type: ClassVar[str] = "billing.payment.recorded.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    payment_id: UUID = Field(description="The payment.")
    method: str = Field(description="Such as `cheque`, `cash`, `transfer`.")
    amount_cents: int = Field(description="Euro cents; negative when a payment bounced.")
    received_on: date = Field(description="The day the money was received.")
    payer_id: UUID | None = Field(default=None, description=APART)

    @property
    def aggregate_id(self) -> UUID:
        return self.payment_id


class ReminderSent(FamilyEvent):
    """The family was reminded of an overdue invoice, one step further."""

    type: ClassVar[str] = "billing.reminder.sent.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    reminder_id: UUID = Field(description="The reminder.")
    invoice_id: UUID = Field(description="The overdue invoice.")
    number: str = Field(description="The invoice's number.")
    step: int = Field(ge=1, description="Which reminder of this invoice, first is 1.")
    remaining_cents: int = Field(description="Euro cents still owed on the invoice.")
    sent_at: datetime = Field(description="When it was sent.")
    payer_id: UUID | None = Field(default=None, description=APART)

    @property
    def aggregate_id(self) -> UUID:
        return self.reminder_id


class BillingErasureCompleted(FamilyEvent):
    """Billing has forgotten the family, but for what accounting law keeps."""

    type: ClassVar[str] = "billing.erasure.completed.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    erasure_id: UUID
    kept: tuple[str, ...] = Field(default=(), description="What the law keeps, and which law.")

    @property
    def aggregate_id(self) -> UUID:
        return self.erasure_id
