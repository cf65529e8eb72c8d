"""An invoice in words: the same content for the PDF and for the accessible page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.invoicing import InvoicedLine, LineGroup, group_lines
from billing.settings import Settings
from billing.store.families import children_of
from billing.store.invoices import (
    CreditNote,
    IssuedInvoice,
    credit_notes_of,
    find_invoice,
    lines_of_invoice,
)
from billing.wording import BASES, explain


@dataclass(frozen=True)
class Row:
    """Days at one price."""

    label: str
    days: tuple[date, ...]
    quantity: int
    unit_cents: int
    amount_cents: int
    care_cents: int
    food_cents: int
    explanation: str


@dataclass(frozen=True)
class ChildPart:
    """What one child's days cost."""

    name: str
    rows: tuple[Row, ...]
    amount_cents: int


@dataclass(frozen=True)
class InvoicePage:
    """Everything that the law and the guide want on an invoice."""

    invoice: IssuedInvoice
    cash_office: str
    children: tuple[ChildPart, ...]
    credit_notes: tuple[CreditNote, ...]
    how_to_pay: tuple[str, ...]
    online_payment: bool

    @property
    def debtor_name(self) -> str:
        return str(self.invoice.debtor.get("name") or "")

    @property
    def debtor_address(self) -> Sequence[str]:
        return tuple(self.invoice.debtor.get("address") or ())

    @property
    def reference(self) -> str:
        return str(self.invoice.debtor.get("reference") or "")


async def invoice_page(
    connection: AsyncConnection, invoice_id: UUID, settings: Settings
) -> InvoicePage | None:
    invoice = await find_invoice(connection, invoice_id)
    if invoice is None:
        return None
    lines = await lines_of_invoice(connection, invoice_id)
    return InvoicePage(
        invoice=invoice,
        cash_office=_office(invoice, settings),
        children=await parts_of(connection, invoice.family_id, lines),
        credit_notes=tuple(await credit_notes_of(connection, invoice_id)),
        how_to_pay=settings.how_to_pay,
        online_payment=settings.online_payment,
    )


async def parts_of(
    connection: AsyncConnection, family_id: UUID, lines: Sequence[InvoicedLine]
) -> tuple[ChildPart, ...]:
    """Lines grouped by child and by price."""
    names = {
        child.child_id: child.given_name for child in await children_of(connection, [family_id])
    }
    return tuple(
        _child(names.get(child_id, "Enfant"), list(found))
        for child_id, found in groupby(group_lines(lines), key=lambda group: group.child_id)
    )


def _office(invoice: IssuedInvoice, settings: Settings) -> str:
    try:
        return settings.cash_office(invoice.cash_office or "").label
    except LookupError:
        return invoice.cash_office or "Ancien logiciel"


def _child(name: str, groups: list[LineGroup]) -> ChildPart:
    rows = tuple(_row(group) for group in groups)
    return ChildPart(name, rows, sum(row.amount_cents for row in rows))


def _row(group: LineGroup) -> Row:
    why = [BASES[group.basis], explain(group.price)]
    if group.is_reversal:
        why.insert(0, "Annulation de journées déjà facturées.")
    if group.shared:
        why.append("Votre part, selon le partage entre payeurs.")
    return Row(
        label=group.label,
        days=group.days,
        quantity=group.quantity,
        unit_cents=group.price.unit_cents,
        amount_cents=group.amount_cents,
        care_cents=group.care_cents,
        food_cents=group.food_cents,
        explanation=" ".join(part for part in why if part),
    )
