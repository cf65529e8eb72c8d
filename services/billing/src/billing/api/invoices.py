"""Invoices: a family's own, and the staff's."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from billing.invoice_page import InvoicePage, invoice_page
from billing.settings import settings_of
from billing.store import invoices
from billing.store.families import children_of, files_of
from billing.store.invoices import IssuedInvoice
from billing.store.sight import Sight
from billing.use_cases.archive_credit_note import credit_note_pdf
from billing.use_cases.archive_invoice import NoPaper, invoice_pdf
from billing.use_cases.issue_credit_note import UnknownInvoice, Wanted, issue_credit_note
from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf

from .files import archived_pdf
from .inputs import PageNumber
from .invoice_schemas import InvoiceLines, Invoices, InvoiceView
from .paging import PAGE
from .run_schemas import CreditNoteOrder, CreditNoteView
from .sight import sight_of

router = APIRouter()

Family = Annotated[Principal, allow(Audience.FAMILY)]
Cashier = Annotated[Principal, allow(Audience.CASH_OFFICE)]
Reader = allow(Audience.SECRETARIAT, Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR)


@router.get("/v1/me/invoices")
async def my_invoices(principal: Family, runtime: RuntimeOf, page: PageNumber = 1) -> Invoices:
    """Newest first."""
    return await _listed(runtime, sight_of(principal), page)


@router.get("/v1/me/invoices/{invoice_id}")
async def my_invoice(invoice_id: UUID, principal: Family, runtime: RuntimeOf) -> InvoiceView:
    """Everything that the PDF says, for a page that can be read aloud."""
    return InvoiceView.of_page(await _own(runtime, invoice_id, principal))


@router.get("/v1/me/invoices/{invoice_id}/document")
async def my_document(invoice_id: UUID, principal: Family, runtime: RuntimeOf) -> Response:
    """The archived PDF, byte for byte."""
    page = await _own(runtime, invoice_id, principal)
    return archived_pdf(
        await invoice_pdf(runtime, invoice_id), f"facture-{page.invoice.number}.pdf"
    )


@router.get("/v1/staff/families/{family_id}/invoices", dependencies=[Reader])
async def invoices_of(family_id: UUID, runtime: RuntimeOf, page: PageNumber = 1) -> Invoices:
    return await _listed(runtime, Sight.of_staff(family_id), page)


@router.get("/v1/staff/invoices/{invoice_id}", dependencies=[Reader])
async def one_invoice(invoice_id: UUID, runtime: RuntimeOf) -> InvoiceView:
    return InvoiceView.of_page(await _any(runtime, invoice_id))


@router.get("/v1/staff/invoices/{invoice_id}/document", dependencies=[Reader])
async def document(invoice_id: UUID, runtime: RuntimeOf) -> Response:
    page = await _any(runtime, invoice_id)
    return archived_pdf(
        await invoice_pdf(runtime, invoice_id), f"facture-{page.invoice.number}.pdf"
    )


@router.post("/v1/staff/invoices/{invoice_id}/credit-notes", status_code=201)
async def take_back(
    invoice_id: UUID, body: CreditNoteOrder, principal: Cashier, runtime: RuntimeOf
) -> CreditNoteView:
    wanted = Wanted(
        credit_note_id=body.credit_note_id,
        invoice_id=invoice_id,
        charge_line_ids=frozenset(body.charge_line_ids),
        reason=body.reason,
        rebill=body.rebill,
        by=principal.name,
    )
    async with runtime.database.transaction() as transaction:
        note = await issue_credit_note(transaction, wanted, runtime.clock.now())
    return CreditNoteView.of(note)


@router.get("/v1/staff/invoices/{invoice_id}/lines", dependencies=[Reader])
async def lines(invoice_id: UUID, runtime: RuntimeOf) -> InvoiceLines:
    """Day by day, with what a credit note took back already."""
    async with runtime.database.reading() as connection:
        invoice = await invoices.find_invoice(connection, invoice_id)
        if invoice is None:
            raise UnknownInvoice("Cette facture n’existe pas.")
        found = await invoices.lines_of_invoice(connection, invoice_id)
        credited = await invoices.credited_lines(connection, invoice_id)
        children = await children_of(connection, [invoice.family_id])
    names = {child.child_id: child.given_name for child in children}
    return InvoiceLines.of(found, credited, names)


@router.get("/v1/staff/credit-notes/{credit_note_id}/document", dependencies=[Reader])
async def credit_note(credit_note_id: UUID, runtime: RuntimeOf) -> Response:
    return archived_pdf(await credit_note_pdf(runtime, credit_note_id), "avoir.pdf")


@router.get("/v1/me/credit-notes/{credit_note_id}/document")
async def my_credit_note(credit_note_id: UUID, principal: Family, runtime: RuntimeOf) -> Response:
    """The archived PDF; another family's, or another payer's, does not exist."""
    async with runtime.database.reading() as connection:
        note = await invoices.find_credit_note(connection, credit_note_id)
    if note is None:
        raise NoPaper("Cet avoir n’existe pas.")
    await _own(runtime, note.invoice_id, principal)
    return archived_pdf(await credit_note_pdf(runtime, credit_note_id), f"avoir-{note.number}.pdf")


async def _listed(runtime: Runtime, sight: Sight, page: int) -> Invoices:
    async with runtime.database.reading() as connection:
        found, total = await invoices.page_of_invoices(connection, sight, page, PAGE)
    return Invoices.of(found, page, total)


async def _any(runtime: Runtime, invoice_id: UUID) -> InvoicePage:
    async with runtime.database.reading() as connection:
        page = await invoice_page(connection, invoice_id, settings_of(runtime))
    if page is None:
        raise UnknownInvoice("Cette facture n’existe pas.")
    return page


async def _own(runtime: Runtime, invoice_id: UUID, principal: Principal) -> InvoicePage:
    """Another family's invoice does not exist, nor another payer's."""
    page = await _any(runtime, invoice_id)
    if not await is_own(runtime, page.invoice, principal):
        raise UnknownInvoice("Cette facture n’existe pas.")
    return page


async def is_own(runtime: Runtime, invoice: IssuedInvoice, principal: Principal) -> bool:
    async with runtime.database.reading() as connection:
        own = await files_of(connection, principal.own_family)
    return invoice.family_id in own and sight_of(principal).covers(invoice.payer_id)
