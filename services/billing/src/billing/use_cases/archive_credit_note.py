"""A credit note is printed once, archived with its hash, and served byte for byte ever after."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from billing.invoice_page import ChildPart, InvoicePage, invoice_page, parts_of
from billing.paper import fill
from billing.settings import settings_of
from billing.store import invoices
from billing.store.invoices import Archived, CreditNote
from chassis.runtime import Runtime

from .archive_invoice import NoPaper

KIND = "credit_note"


@dataclass(frozen=True)
class CreditNotePage:
    """What the paper says: which lines of which invoice are taken back, and why."""

    note: CreditNote
    of: InvoicePage
    children: tuple[ChildPart, ...]

    @property
    def issued_on(self) -> date:
        return self.note.issued_on


async def credit_note_pdf(runtime: Runtime, credit_note_id: UUID) -> Archived:
    """The archived bytes; one that is still waiting is printed now. Raises NoPaper."""
    async with runtime.database.reading() as connection:
        kept = await invoices.archived(connection, KIND, credit_note_id)
        page = None if kept else await _page(connection, credit_note_id, runtime)
    if kept is not None:
        return kept
    if page is None:
        raise NoPaper("Cet avoir n’existe pas.")
    html = fill("credit_note.html", runtime.shared.authority, page=page)
    pdf = await runtime.documents.render(html)
    note, now = page.note, runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        connection = transaction.connection
        await invoices.archive(connection, KIND, credit_note_id, note.family_id, pdf, now)
        kept = await invoices.archived(connection, KIND, credit_note_id)
    if kept is None:
        raise NoPaper("Cet avoir n’a pas de document.")
    return kept


async def _page(
    connection: AsyncConnection, credit_note_id: UUID, runtime: Runtime
) -> CreditNotePage | None:
    note = await invoices.find_credit_note(connection, credit_note_id)
    if note is None:
        return None
    of = await invoice_page(connection, note.invoice_id, settings_of(runtime))
    if of is None:
        return None
    taken = await invoices.lines_of_credit_note(connection, credit_note_id)
    return CreditNotePage(note, of, await parts_of(connection, note.family_id, taken))
