"""Invoices and the ledger: rows are added, balances are summed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.ledger import Account, Posting
from chassis.identifiers import new_id

from .families import files_of
from .sight import Sight
from .tables import family_accounts, invoices, ledger_entries


@dataclass(frozen=True)
class Invoice:
    """An invoice and what remains to be paid of it, in cents."""

    invoice_id: UUID
    number: str
    period: str
    issued_on: date
    due_on: date
    total_cents: int
    remaining_cents: int
    payer_id: UUID | None = None
    has_document: bool = False


@dataclass(frozen=True)
class ImportedInvoice:
    """An invoice as the former software left it."""

    family_id: UUID
    number: str
    period: str
    issued_on: date
    due_on: date
    total_cents: int
    paid_cents: int


async def lock_account(connection: AsyncConnection, family_id: UUID) -> int:
    """The version of the family's account; nobody else can post to it until we end."""
    opening = upsert(family_accounts).values(family_id=family_id, version=0)
    await connection.execute(opening.on_conflict_do_nothing())
    chosen = (
        select(family_accounts.c.version)
        .where(family_accounts.c.family_id == family_id)
        .with_for_update()
    )
    return int((await connection.execute(chosen)).scalar_one())


async def set_account_version(connection: AsyncConnection, family_id: UUID, version: int) -> None:
    await connection.execute(
        update(family_accounts)
        .where(family_accounts.c.family_id == family_id)
        .values(version=version)
    )


async def add_imported_invoice(
    connection: AsyncConnection, invoice_id: UUID, invoice: ImportedInvoice, at: datetime
) -> bool:
    """False when the number is already taken; then nothing was added."""
    statement = upsert(invoices).values(
        invoice_id=invoice_id,
        family_id=invoice.family_id,
        number=invoice.number,
        period=invoice.period,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        total_cents=invoice.total_cents,
        imported_paid_cents=invoice.paid_cents,
        recorded_at=at,
        debtor={},
        care_cents=0,
        food_cents=0,
        previous_balance_cents=0,
    )
    added = statement.on_conflict_do_nothing(index_elements=[invoices.c.number]).returning(
        invoices.c.invoice_id
    )
    return (await connection.execute(added)).scalar_one_or_none() is not None


async def find_imported(connection: AsyncConnection, number: str) -> tuple[UUID, ImportedInvoice]:
    chosen = select(
        invoices.c.invoice_id,
        invoices.c.family_id,
        invoices.c.number,
        invoices.c.period,
        invoices.c.issued_on,
        invoices.c.due_on,
        invoices.c.total_cents,
        invoices.c.imported_paid_cents,
    ).where(invoices.c.number == number)
    invoice_id, *fields = (await connection.execute(chosen)).one()
    return invoice_id, ImportedInvoice(*fields)


@dataclass(frozen=True)
class About:
    """What postings are about: whose they are, and the document they rest on."""

    family_id: UUID
    source_id: UUID
    occurred_on: date
    payer_id: UUID | None = None


async def post(
    connection: AsyncConnection, about: About, postings: Iterable[Posting], at: datetime
) -> None:
    """Add the entries of each posting; the database refuses one whose sides differ."""
    rows = [
        {
            "entry_id": new_id(),
            "posting_id": posting_id,
            "family_id": about.family_id,
            "kind": posting.kind,
            "account": entry.account,
            "amount_cents": entry.amount_cents,
            "invoice_id": entry.invoice_id,
            "occurred_on": about.occurred_on,
            "recorded_at": at,
            "payer_id": about.payer_id,
            "source_id": about.source_id,
        }
        for posting_id, posting in ((new_id(), posting) for posting in postings)
        for entry in posting.entries
    ]
    if rows:
        await connection.execute(insert(ledger_entries), rows)


async def move_debts(connection: AsyncConnection, old: UUID, kept: UUID, at: datetime) -> bool:
    """What one family owes, invoice by invoice, becomes the other's; False: nothing to move."""
    moved = await connection.execute(
        text(
            """
            INSERT INTO ledger_entries (entry_id, posting_id, family_id, kind, account,
                amount_cents, invoice_id, occurred_on, recorded_at, payer_id, source_id)
            SELECT gen_random_uuid(), d.posting_id, s.family_id, 'merge', 'receivable',
                   s.sign * d.cents, d.invoice_id, CAST(:at AS timestamptz)::date, :at, d.payer_id,
                   :old
            FROM (SELECT gen_random_uuid() AS posting_id, invoice_id, payer_id,
                         sum(amount_cents)::int AS cents
                  FROM ledger_entries WHERE family_id = :old AND account = 'receivable'
                  GROUP BY invoice_id, payer_id HAVING sum(amount_cents) <> 0) d
            CROSS JOIN (VALUES (CAST(:old AS uuid), -1), (CAST(:kept AS uuid), 1))
                AS s(family_id, sign)
            RETURNING entry_id
            """
        ),
        {"old": old, "kept": kept, "at": at},
    )
    return moved.first() is not None


async def balance_of(connection: AsyncConnection, sight: Sight) -> int:
    """What is owed, in cents: the sum of the entries in the receivable account."""
    chosen = select(func.coalesce(func.sum(ledger_entries.c.amount_cents), 0)).where(
        (ledger_entries.c.family_id == sight.family_id)
        & (ledger_entries.c.account == Account.RECEIVABLE)
        & sight.condition(ledger_entries.c.payer_id)
    )
    return int((await connection.execute(chosen)).scalar_one())


async def owed_by(connection: AsyncConnection, family_id: UUID, payer_id: UUID | None) -> int:
    """What one payer owes alone, in cents; none: what the payers owe together."""
    chosen = select(func.coalesce(func.sum(ledger_entries.c.amount_cents), 0)).where(
        (ledger_entries.c.family_id == family_id)
        & (ledger_entries.c.account == Account.RECEIVABLE)
        & ledger_entries.c.payer_id.is_not_distinct_from(payer_id)
    )
    return int((await connection.execute(chosen)).scalar_one())


async def invoices_of(connection: AsyncConnection, sight: Sight) -> Sequence[Invoice]:
    """The invoices, oldest first."""
    remaining = (
        select(func.coalesce(func.sum(ledger_entries.c.amount_cents), 0))
        .where(ledger_entries.c.invoice_id == invoices.c.invoice_id)
        .where(ledger_entries.c.account == Account.RECEIVABLE)
        .scalar_subquery()
    )
    chosen = (
        select(
            invoices.c.invoice_id,
            invoices.c.number,
            invoices.c.period,
            invoices.c.issued_on,
            invoices.c.due_on,
            invoices.c.total_cents,
            remaining.label("remaining_cents"),
            invoices.c.payer_id,
            invoices.c.run_id.is_not(None),
        )
        .where(invoices.c.family_id.in_(await files_of(connection, sight.family_id)))
        .where(sight.condition(invoices.c.payer_id))
        .order_by(invoices.c.issued_on, invoices.c.number)
    )
    return [Invoice(*row) for row in await connection.execute(chosen)]


async def has_payers_apart(connection: AsyncConnection, sight: Sight) -> bool:
    """Whether the access that the family shares does not see some of its invoices."""
    if sight.guardian_id is not None:
        return False
    files = await files_of(connection, sight.family_id)
    chosen = select(invoices.c.invoice_id).where(
        invoices.c.family_id.in_(files) & invoices.c.payer_id.is_not(None)
    )
    return (await connection.execute(chosen.limit(1))).scalar_one_or_none() is not None
