"""What a signed-in family asks of billing beside its balance: statement, invoices, plan."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from portail_contracts.catalogue import Context

from .answers import Answer, Listed
from .gateway import GatewayOf
from .upstream import Upstream
from .visit import VisitOf


class Movement(Answer):
    source_id: UUID
    kind: str
    label: str
    occurred_on: date
    amount_cents: int
    balance_cents: int


class Statement(Listed):
    balance_cents: int
    online_payment: bool = False
    items: tuple[Movement, ...] = ()


class InvoiceItem(Answer):
    invoice_id: UUID
    number: str
    period: str
    issued_on: date
    due_on: date
    total_cents: int
    previous_balance_cents: int = 0
    remaining_cents: int
    has_document: bool = False


class Invoices(Listed):
    items: tuple[InvoiceItem, ...] = ()


class InvoiceRow(Answer):
    label: str
    days: tuple[date, ...] = ()
    quantity: int
    unit_cents: int
    amount_cents: int
    care_cents: int = 0
    food_cents: int = 0
    explanation: str = ""


class ChildPart(Answer):
    name: str
    rows: tuple[InvoiceRow, ...] = ()
    amount_cents: int


class CreditNote(Answer):
    credit_note_id: UUID
    number: str
    total_cents: int
    reason: str = ""
    issued_on: date


class Invoice(InvoiceItem):
    debtor_name: str = ""
    debtor_address: tuple[str, ...] = ()
    reference: str = ""
    cash_office: str = ""
    care_cents: int = 0
    food_cents: int = 0
    to_pay_cents: int
    children: tuple[ChildPart, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()
    how_to_pay: tuple[str, ...] = ()
    online_payment: bool = False


class Instalment(Answer):
    rank: int
    due_on: date
    amount_cents: int
    payer_name: str = ""


class Plan(Answer):
    items: tuple[Instalment, ...] = ()


class PlaceToPay(Answer):
    url: str
    amount_cents: int


class Outcome(Answer):
    state: str


PAYING_SECONDS = 12.0
"""The treasury is asked in between."""


@dataclass(frozen=True)
class Purse:
    """Every question raises PeerUnavailable or PeerRefused, see `Upstream`."""

    upstream: Upstream
    token: str

    async def statement(self, kind: str | None, page: int) -> Statement:
        filtered = {"kind": kind} if kind else {}
        return await self.upstream.get(
            Context.BILLING,
            "/v1/me/statement",
            Statement,
            token=self.token,
            page=str(page),
            **filtered,
        )

    async def invoices(self, page: int) -> Invoices:
        return await self.upstream.get(
            Context.BILLING, "/v1/me/invoices", Invoices, token=self.token, page=str(page)
        )

    async def invoice(self, invoice_id: UUID) -> Invoice:
        return await self.upstream.get(
            Context.BILLING, f"/v1/me/invoices/{invoice_id}", Invoice, token=self.token
        )

    async def plan(self) -> Plan:
        return await self.upstream.get(
            Context.BILLING, "/v1/me/instalments", Plan, token=self.token
        )

    async def pay(self, invoice_id: UUID, email: str) -> PlaceToPay:
        return await self.upstream.post(
            Context.BILLING,
            f"/v1/me/invoices/{invoice_id}/online-payment",
            {"email": email},
            PlaceToPay,
            token=self.token,
            seconds=PAYING_SECONDS,
        )

    async def outcome(self, invoice_id: UUID) -> Outcome:
        return await self.upstream.post(
            Context.BILLING,
            f"/v1/me/invoices/{invoice_id}/online-payment/outcome",
            {},
            Outcome,
            token=self.token,
            seconds=PAYING_SECONDS,
        )


async def _purse(gateway: GatewayOf, visit: VisitOf) -> Purse:
    return Purse(gateway.upstream, visit.token)


PurseOf = Annotated[Purse, Depends(_purse)]
