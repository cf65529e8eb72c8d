"""Payments and what follows, as billing's doors take and give them. Amounts are euro cents."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from billing.domain.payments import Method

from .inputs import LARGEST_CENTS, LongWords
from .run_schemas import OfficeCode

Reference = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
Amount = Annotated[int, Field(ge=1, le=LARGEST_CENTS)]


class PartBody(BaseModel):
    """What of a payment goes to an invoice."""

    invoice_id: UUID
    cents: Amount


class PaymentBody(BaseModel):
    """Money received; no part named: the oldest invoices first. The id is the caller's own."""

    payment_id: UUID
    method: Method
    amount_cents: Amount
    received_on: date | None = None
    reference: Reference = ""
    payer_id: UUID | None = None
    cash_office: OfficeCode = ""
    parts: list[PartBody] | None = Field(default=None, max_length=100)


class RefundBody(BaseModel):
    """A credit given back."""

    payment_id: UUID
    method: Method
    amount_cents: Amount
    received_on: date | None = None
    reference: Reference = ""
    payer_id: UUID | None = None
    cash_office: OfficeCode = ""


class BounceBody(BaseModel):
    """The bank took the money back."""

    bounced_on: date | None = None
    reason: LongWords


class PaymentView(BaseModel):
    """A payment as it was entered."""

    model_config = ConfigDict(from_attributes=True)

    payment_id: UUID
    number: str
    family_id: UUID
    kind: str
    method: Method
    amount_cents: int
    received_on: date
    reference: str


class MovementView(BaseModel):
    """One line of a statement; `amount_cents` is added to what is owed."""

    model_config = ConfigDict(from_attributes=True)

    source_id: UUID
    kind: str
    label: str
    occurred_on: date
    number: str
    amount_cents: int
    balance_cents: int


class Statement(BaseModel):
    """« Relevé de compte »."""

    balance_cents: int
    online_payment: bool
    items: list[MovementView]
    page: int
    pages: int
    total: int


class InstalmentView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    plan_id: UUID
    rank: int
    due_on: date
    amount_cents: int
    payer_id: UUID | None = None
    payer_name: str = ""


class Plan(BaseModel):
    """What is paid in parts, plan by plan: of the payers together, then of each who is apart."""

    items: list[InstalmentView]


class PlanBody(BaseModel):
    """What is owed now, in monthly parts; by one payer who is billed apart, or by all together."""

    plan_id: UUID
    parts: int = Field(ge=2, le=24)
    first_on: date
    payer_id: UUID | None = None


class OverdueView(BaseModel):
    """A late invoice; `next_step` is what may be sent today."""

    model_config = ConfigDict(from_attributes=True)

    invoice_id: UUID
    family_id: UUID
    family_name: str
    payer_id: UUID | None
    payer_name: str
    number: str
    due_on: date
    remaining_cents: int
    step: int
    last_sent_at: datetime | None
    has_plan: bool
    next_step: int | None


class OverdueList(BaseModel):
    items: list[OverdueView]
    total: int
    page: int = 1
    pages: int = 1


class RemindBody(BaseModel):
    """Which late invoices to remind; none: all that may be today."""

    invoice_ids: list[UUID] = Field(default=[], max_length=1000)


class Reminded(BaseModel):
    """The reminders that were sent, for their letters."""

    reminder_ids: list[UUID]


class DepositBody(BaseModel):
    """A slip of all payments of a method that wait."""

    deposit_id: UUID
    method: Method
    cash_office: OfficeCode = ""


class JournalLine(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    payment_id: UUID
    number: str
    kind: str
    method: str
    amount_cents: int
    received_on: date
    reference: str
    family_name: str
    bounced: bool
    deposited: bool


class Journal(BaseModel):
    """What a cash office received and gave back."""

    items: list[JournalLine]
    totals: dict[str, int]
    closed_until: date | None
    page: int = 1
    pages: int = 1
    total: int


class OfficeView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    code: str
    label: str


class Offices(BaseModel):
    """The cash offices, the first of which is meant when none is named."""

    items: list[OfficeView]
    page: int = 1
    pages: int = 1
    total: int


class ClosingBody(BaseModel):
    day: date
    cash_office: OfficeCode = ""


class Closing(BaseModel):
    """A day that nothing is received on any more."""

    cash_office: str
    day: date
    totals: dict[str, int]
    closed_at: datetime
    closed_by: str


class SuggestionView(BaseModel):
    """A bank line that waits, and the invoice it most likely pays."""

    model_config = ConfigDict(from_attributes=True)

    bank_line_id: UUID
    booked_on: date
    amount_cents: int
    label: str
    invoice_id: UUID | None
    number: str | None
    family_id: UUID | None
    family_name: str | None
    remaining_cents: int | None
    why: str | None


class Suggestions(BaseModel):
    imported: int = 0
    known_already: int = 0
    items: list[SuggestionView]
    total: int
    page: int = 1
    pages: int = 1


class MatchBody(BaseModel):
    """The invoice that a bank line pays, by its id or by its number."""

    invoice_id: UUID | None = None
    number: Reference = ""


class OnlineBody(BaseModel):
    """Where the treasury sends its own receipt."""

    email: Annotated[str, StringConstraints(max_length=80, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class Redirect(BaseModel):
    """Where a family goes to pay, and how much."""

    url: str
    amount_cents: int


class NotificationBody(BaseModel):
    """The treasury's hint that an operation ended."""

    id_op: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]


class Heard(BaseModel):
    state: str


class VerdictView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    code: str
    promise: str
    broken: list[str]


class Verified(BaseModel):
    """What must hold of the records, and what does not."""

    sound: bool
    items: list[VerdictView]
