"""Staff take back lines of an invoice: never by changing it, by a credit note of its own number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billing.domain.invoicing import InvoicedLine
from billing.domain.ledger import credit_note
from billing.store import invoices, issuing, ledger
from billing.store.invoices import CreditNote, IssuedInvoice
from chassis.clock import local_date
from chassis.database import Transaction
from portail_contracts.billing import CreditNoteIssued

from .record_payment import use_credit
from .tell_balance import tell_balance


class UnknownInvoice(LookupError):
    """There is no such invoice, or it was taken over from the former software."""


class NothingToCredit(ValueError):
    """The lines are not of this invoice, were credited already, or come to nothing."""


@dataclass(frozen=True)
class Wanted:
    """What staff take back; no line named: all that is left of the invoice.

    With `rebill` the lines go into the next run, priced as they are; else they are given up.
    """

    credit_note_id: UUID
    invoice_id: UUID
    charge_line_ids: frozenset[UUID]
    reason: str
    rebill: bool
    by: str


async def issue_credit_note(transaction: Transaction, wanted: Wanted, now: datetime) -> CreditNote:
    """Raises UnknownInvoice or NothingToCredit; the same id twice is one credit note."""
    connection = transaction.connection
    invoice = await invoices.find_invoice(connection, wanted.invoice_id)
    if invoice is None or invoice.cash_office is None:
        raise UnknownInvoice("Cette facture n’existe pas.")
    version = await ledger.lock_account(connection, invoice.family_id)
    known = await invoices.find_credit_note(connection, wanted.credit_note_id)
    if known is not None:
        return known
    lines = _chosen(
        await invoices.lines_of_invoice(connection, invoice.invoice_id),
        wanted.charge_line_ids,
        await invoices.credited_lines(connection, invoice.invoice_id),
    )
    note = await _numbered(transaction, invoice, wanted, lines, now)
    await invoices.add_credit_note(
        connection, note, [(line.charge_line_id, line.amount_cents) for line in lines]
    )
    about = ledger.About(invoice.family_id, note.credit_note_id, note.issued_on, invoice.payer_id)
    posting = credit_note(invoice.invoice_id, note.care_cents, note.food_cents)
    await ledger.post(connection, about, [posting], now)
    transaction.record(
        CreditNoteIssued(
            version=1,
            family_id=note.family_id,
            credit_note_id=note.credit_note_id,
            number=note.number,
            invoice_id=note.invoice_id,
            total_cents=note.total_cents,
            issued_at=now,
            payer_id=invoice.payer_id,
        )
    )
    await use_credit(transaction, invoice.family_id, invoice.payer_id, now)
    await tell_balance(transaction, invoice.family_id, version + 1)
    return note


def _chosen(
    lines: Sequence[InvoicedLine], wanted: Collection[UUID], credited: Collection[UUID]
) -> list[InvoicedLine]:
    left = [line for line in lines if line.charge_line_id not in credited]
    chosen = [line for line in left if not wanted or line.charge_line_id in wanted]
    if wanted and len(chosen) != len(wanted):
        raise NothingToCredit("Une de ces lignes n’est pas sur la facture, ou a déjà un avoir.")
    if sum(line.amount_cents for line in chosen) <= 0:
        raise NothingToCredit("Il ne reste rien à rembourser sur cette facture.")
    return chosen


async def _numbered(
    transaction: Transaction,
    invoice: IssuedInvoice,
    wanted: Wanted,
    lines: Sequence[InvoicedLine],
    now: datetime,
) -> CreditNote:
    """The next number of the credit notes' own gapless series."""
    office, day = invoice.cash_office or "", local_date(now)
    series = f"AV-{office}"
    sequence = await issuing.lock_counter(transaction.connection, series, day.year) + 1
    await issuing.set_counter(transaction.connection, series, day.year, sequence)
    care = sum(line.care_cents for line in lines)
    food = sum(line.food_cents for line in lines)
    return CreditNote(
        credit_note_id=wanted.credit_note_id,
        number=f"{series}-{day.year}-{sequence:06d}",
        year=day.year,
        sequence=sequence,
        cash_office=office,
        family_id=invoice.family_id,
        invoice_id=invoice.invoice_id,
        total_cents=care + food,
        care_cents=care,
        food_cents=food,
        reason=wanted.reason,
        rebill=wanted.rebill,
        issued_on=day,
        issued_at=now,
        issued_by=wanted.by,
    )
