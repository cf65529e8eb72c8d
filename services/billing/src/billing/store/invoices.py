"""Issued invoices, their lines, credit notes, and the archive of their documents."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.booking import Basis
from billing.domain.invoicing import InvoicedLine
from billing.domain.ledger import Account
from billing.domain.pricing import Price, Rule
from chassis.identifiers import new_id

from .families import files_of
from .sight import Sight
from .tables import (
    archived_documents,
    charge_lines,
    credit_note_lines,
    credit_notes,
    invoice_lines,
    invoices,
    ledger_entries,
    to_archive,
)


@dataclass(frozen=True)
class IssuedInvoice:
    """An invoice as it was issued; only `remaining_cents` changes, with the ledger."""

    invoice_id: UUID
    family_id: UUID
    payer_id: UUID | None
    number: str
    period: str
    issued_on: date
    due_on: date
    total_cents: int
    care_cents: int
    food_cents: int
    previous_balance_cents: int
    debtor: dict[str, Any]
    cash_office: str | None
    run_id: UUID | None
    remaining_cents: int

    @property
    def to_pay_cents(self) -> int:
        """« Total à régler »: what this invoice asks and what was owed before, when it was made."""
        return self.total_cents + self.previous_balance_cents


_REMAINING = (
    select(func.coalesce(func.sum(ledger_entries.c.amount_cents), 0))
    .where(ledger_entries.c.invoice_id == invoices.c.invoice_id)
    .where(ledger_entries.c.account == Account.RECEIVABLE)
    .scalar_subquery()
)
_COLUMNS = [
    invoices.c[field.name] for field in fields(IssuedInvoice) if field.name != "remaining_cents"
]


async def find_invoice(connection: AsyncConnection, invoice_id: UUID) -> IssuedInvoice | None:
    chosen = select(*_COLUMNS, _REMAINING).where(invoices.c.invoice_id == invoice_id)
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else _issued(row)


async def id_of_number(connection: AsyncConnection, number: str) -> UUID | None:
    chosen = select(invoices.c.invoice_id).where(invoices.c.number == number)
    found: UUID | None = (await connection.execute(chosen)).scalar_one_or_none()
    return found


async def page_of_invoices(
    connection: AsyncConnection, sight: Sight, page: int, size: int
) -> tuple[list[IssuedInvoice], int]:
    """Newest first, with how many there are."""
    files = await files_of(connection, sight.family_id)
    mine = invoices.c.family_id.in_(files) & sight.condition(invoices.c.payer_id)
    total = (await connection.execute(select(func.count()).where(mine))).scalar_one()
    chosen = (
        select(*_COLUMNS, _REMAINING)
        .where(mine)
        .order_by(invoices.c.issued_on.desc(), invoices.c.number.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return [_issued(row) for row in await connection.execute(chosen)], total


def _issued(row: Any) -> IssuedInvoice:
    return IssuedInvoice(*row)


_PRICE = [charge_lines.c[field.name] for field in fields(Price)]


async def lines_of_invoice(connection: AsyncConnection, invoice_id: UUID) -> list[InvoicedLine]:
    return await _lines(connection, invoice_lines.c.invoice_id == invoice_id)


async def lines_of_credit_note(connection: AsyncConnection, note_id: UUID) -> list[InvoicedLine]:
    """As the invoice billed them: what is given back."""
    taken = select(credit_note_lines.c.invoice_id, credit_note_lines.c.charge_line_id).where(
        credit_note_lines.c.credit_note_id == note_id
    )
    key = tuple_(invoice_lines.c.invoice_id, invoice_lines.c.charge_line_id)
    return await _lines(connection, key.in_(taken))


async def _lines(connection: AsyncConnection, wanted: ColumnElement[bool]) -> list[InvoicedLine]:
    chosen = (
        select(
            *(charge_lines.c[name] for name in ("charge_line_id", "child_id", "day", "basis")),
            charge_lines.c.reverses,
            *(invoice_lines.c[name] for name in ("amount_cents", "care_cents", "food_cents")),
            *(column.label(f"price_{column.name}") for column in _PRICE),
        )
        .join(charge_lines, charge_lines.c.charge_line_id == invoice_lines.c.charge_line_id)
        .where(wanted)
        .order_by(charge_lines.c.day, charge_lines.c.charge_line_id)
    )
    return [_invoiced(row) for row in await connection.execute(chosen)]


def _invoiced(row: Any) -> InvoicedLine:
    values = row._mapping
    price = {column.name: values[f"price_{column.name}"] for column in _PRICE}
    return InvoicedLine(
        charge_line_id=row.charge_line_id,
        child_id=row.child_id,
        day=row.day,
        price=Price(**{**price, "rule": Rule(price["rule"])}),
        basis=Basis(row.basis),
        is_reversal=row.reverses is not None,
        amount_cents=row.amount_cents,
        care_cents=row.care_cents,
        food_cents=row.food_cents,
    )


@dataclass(frozen=True)
class CreditNote:
    """Part or all of an invoice taken back."""

    credit_note_id: UUID
    number: str
    year: int
    sequence: int
    cash_office: str
    family_id: UUID
    invoice_id: UUID
    total_cents: int
    care_cents: int
    food_cents: int
    reason: str
    rebill: bool
    issued_on: date
    issued_at: datetime
    issued_by: str


async def add_credit_note(
    connection: AsyncConnection, note: CreditNote, lines: Sequence[tuple[UUID, int]]
) -> None:
    await connection.execute(insert(credit_notes).values(**vars(note)))
    rows = [
        {
            "credit_note_id": note.credit_note_id,
            "charge_line_id": line_id,
            "invoice_id": note.invoice_id,
            "amount_cents": cents,
        }
        for line_id, cents in lines
    ]
    await connection.execute(insert(credit_note_lines), rows)


async def find_credit_note(connection: AsyncConnection, note_id: UUID) -> CreditNote | None:
    chosen = select(credit_notes).where(credit_notes.c.credit_note_id == note_id)
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else CreditNote(**row._mapping)


async def credit_notes_of(connection: AsyncConnection, invoice_id: UUID) -> list[CreditNote]:
    chosen = (
        select(credit_notes)
        .where(credit_notes.c.invoice_id == invoice_id)
        .order_by(credit_notes.c.sequence)
    )
    return [CreditNote(**row._mapping) for row in await connection.execute(chosen)]


async def credited_lines(connection: AsyncConnection, invoice_id: UUID) -> set[UUID]:
    chosen = select(credit_note_lines.c.charge_line_id).where(
        credit_note_lines.c.invoice_id == invoice_id
    )
    return set((await connection.execute(chosen)).scalars())


@dataclass(frozen=True)
class Archived:
    """A document as it was printed, for ever."""

    content: bytes
    sha256: str


async def archived(connection: AsyncConnection, kind: str, subject_id: UUID) -> Archived | None:
    chosen = select(archived_documents.c.content, archived_documents.c.sha256).where(
        (archived_documents.c.kind == kind) & (archived_documents.c.subject_id == subject_id)
    )
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else Archived(*row)


async def archive(
    connection: AsyncConnection,
    kind: str,
    subject_id: UUID,
    family_id: UUID,
    content: bytes,
    at: datetime,
) -> bool:
    """False when it was archived already: the first printing is the one that stays."""
    statement = upsert(archived_documents).values(
        document_id=new_id(),
        kind=kind,
        subject_id=subject_id,
        family_id=family_id,
        sha256=sha256(content).hexdigest(),
        content=content,
        archived_at=at,
    )
    kept = statement.on_conflict_do_nothing().returning(archived_documents.c.document_id)
    return (await connection.execute(kept)).scalar_one_or_none() is not None


async def next_to_archive(connection: AsyncConnection, most: int) -> list[UUID]:
    """Those tried least first, so that one that cannot be printed does not hold up the others."""
    chosen = (
        select(to_archive.c.invoice_id)
        .order_by(to_archive.c.attempts, to_archive.c.invoice_id)
        .limit(most)
    )
    return list((await connection.execute(chosen)).scalars())


async def note_attempt(connection: AsyncConnection, invoice_id: UUID) -> None:
    await connection.execute(
        update(to_archive)
        .where(to_archive.c.invoice_id == invoice_id)
        .values(attempts=to_archive.c.attempts + 1)
    )


async def take_off(connection: AsyncConnection, invoice_id: UUID) -> bool:
    """Whether it was still waiting: who takes it off tells the others."""
    taken = (
        delete(to_archive)
        .where(to_archive.c.invoice_id == invoice_id)
        .returning(to_archive.c.invoice_id)
    )
    return (await connection.execute(taken)).scalar_one_or_none() is not None


async def credit_notes_to_archive(connection: AsyncConnection, most: int) -> list[UUID]:
    """Credit notes without a paper yet, oldest first."""
    printed = select(archived_documents.c.subject_id).where(
        archived_documents.c.kind == "credit_note"
    )
    chosen = (
        select(credit_notes.c.credit_note_id)
        .where(credit_notes.c.credit_note_id.not_in(printed))
        .order_by(credit_notes.c.issued_at)
        .limit(most)
    )
    return list((await connection.execute(chosen)).scalars())
