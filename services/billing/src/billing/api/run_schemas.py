"""Runs and credit notes, as billing's doors take and give them. Amounts are euro cents."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from billing.domain.invoicing import Caution
from billing.store.invoices import CreditNote
from billing.store.monitor import Billed
from billing.store.run_views import DraftInvoice, Totals
from billing.store.runs import Run
from billing.store.unpriced import Unpriced

from .inputs import LongWords, Month
from .paging import pages_of

OfficeCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{0,8}$")]
"""Empty: the first cash office of the settings."""


class RunOrder(BaseModel):
    """What to prepare; the id is the caller's own, so that sending twice is sending once."""

    run_id: UUID
    period: Month
    cash_office: OfficeCode = ""
    issued_on: date | None = None


class RunView(BaseModel):
    """A run and what it comes to; `waiting_documents` of `invoices` are still being printed."""

    model_config = ConfigDict(from_attributes=True)

    run_id: UUID
    cash_office: str
    period: str
    state: str
    issued_on: date
    due_on: date
    created_at: datetime
    created_by: str
    issued_at: datetime | None
    issued_by: str | None
    invoices: int
    total_cents: int
    care_cents: int
    food_cents: int
    carried: int
    carried_cents: int
    warned: int
    last_month_cents: int
    waiting_documents: int
    late_lines: int

    @classmethod
    def of(cls, run: Run, totals: Totals) -> Self:
        return cls.model_validate({**vars(run), **vars(totals)})


class Runs(BaseModel):
    items: list[RunView]
    page: int
    pages: int
    total: int


class DraftView(BaseModel):
    """One invoice of a run, as staff look through it."""

    model_config = ConfigDict(from_attributes=True)

    invoice_id: UUID
    family_id: UUID
    family_name: str
    reference: str
    payer_id: UUID | None
    lines: int
    total_cents: int
    previous_balance_cents: int
    last_month_cents: int
    carried: bool
    warnings: list[Caution]
    number: str | None


class Drafts(BaseModel):
    items: list[DraftView]
    page: int
    pages: int
    total: int

    @classmethod
    def of(cls, drafts: Sequence[DraftInvoice], page: int, total: int) -> Self:
        items = [DraftView.model_validate(draft) for draft in drafts]
        return cls(items=items, page=page, pages=pages_of(total), total=total)


class CreditNoteOrder(BaseModel):
    """What to take back; no line named: all that is left of the invoice."""

    credit_note_id: UUID
    charge_line_ids: list[UUID] = Field(default=[], max_length=2000)
    reason: LongWords
    rebill: bool = False


class CreditNoteView(BaseModel):
    """A credit note as it was issued."""

    model_config = ConfigDict(from_attributes=True)

    credit_note_id: UUID
    number: str
    invoice_id: UUID
    total_cents: int
    care_cents: int
    food_cents: int
    reason: str
    issued_on: date

    @classmethod
    def of(cls, note: CreditNote) -> Self:
        return cls.model_validate(note)


class BilledView(BaseModel):
    """One price code in one month: every confirmed day is in one of the columns."""

    model_config = ConfigDict(from_attributes=True)

    rate_code: str
    label: str
    days: int
    invoiced: int
    in_draft: int
    carried: int
    not_invoiced: int
    not_owed: int
    cents: int


class UnpricedView(BaseModel):
    """Days that wait for a rate of this code; `since` is when the first of them was heard."""

    model_config = ConfigDict(from_attributes=True)

    rate_code: str
    days: int
    families: int
    first: date
    last: date
    since: datetime


class Monitor(BaseModel):
    """What was billed of a month, what was not, and why."""

    period: str
    items: list[BilledView]
    unpriced: list[UnpricedView]

    @classmethod
    def of(cls, period: str, found: Sequence[Billed], waiting: Sequence[Unpriced]) -> Self:
        return cls(
            period=period,
            items=[BilledView.model_validate(row) for row in found],
            unpriced=[UnpricedView.model_validate(row) for row in waiting],
        )
