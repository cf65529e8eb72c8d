"""An invoice of the former software is taken over, with what was already paid on it."""

from datetime import datetime
from uuid import UUID

from billing.accounts import AskFamily
from billing.domain.ledger import take_over
from billing.store import ledger
from billing.store.ledger import ImportedInvoice
from chassis.database import Transaction
from chassis.identifiers import new_id

from .know_family import know_family
from .tell_balance import tell_balance


class NumberTaken(Exception):
    """Another invoice has this number."""


async def import_invoice(
    transaction: Transaction, invoice: ImportedInvoice, ask: AskFamily, now: datetime
) -> UUID:
    """The invoice's id; importing the same again changes nothing.

    Raises NumberTaken when the number belongs to an invoice that says something else, and what
    `know_family` raises.
    """
    await know_family(transaction, invoice.family_id, ask, now)
    version = await ledger.lock_account(transaction.connection, invoice.family_id)
    invoice_id = new_id()
    if not await ledger.add_imported_invoice(transaction.connection, invoice_id, invoice, now):
        return await _the_same(transaction, invoice)
    postings = take_over(invoice.total_cents, invoice.paid_cents, invoice_id)
    about = ledger.About(invoice.family_id, invoice_id, invoice.issued_on)
    await ledger.post(transaction.connection, about, postings, now)
    await tell_balance(transaction, invoice.family_id, version + 1)
    return invoice_id


async def _the_same(transaction: Transaction, invoice: ImportedInvoice) -> UUID:
    invoice_id, known = await ledger.find_imported(transaction.connection, invoice.number)
    if known != invoice:
        raise NumberTaken(f"Une autre facture porte déjà le numéro {invoice.number}.")
    return invoice_id
