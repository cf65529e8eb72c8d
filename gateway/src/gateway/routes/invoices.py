"""The family's invoices: the list, and each one as a page that says all that its PDF says."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.auth import Audience, allow
from chassis.web.shapes import FieldError
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.listing import Page, pagination
from gateway.pages.rendering import render
from gateway.purse import Invoice, PurseOf
from gateway.upstream import NOT_THEIRS, or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import VoiceOf

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])


@router.get("/factures")
async def invoices(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, purse: PurseOf, page: Page = 1
) -> Response:
    found, summary, counts = await asyncio.gather(
        or_none(purse.invoices(page)), or_none(voice.summary()), voice.counts()
    )
    return render(
        gateway,
        visit,
        "invoices.html",
        title="Factures",
        section="statement",
        counts=counts,
        invoices=found,
        summary=summary,
        pagination=pagination(found, "/factures") if found else None,
    )


@router.get("/factures/{invoice_id}")
async def invoice(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, purse: PurseOf, invoice_id: UUID
) -> Response:
    found, counts = await asyncio.gather(
        or_none(purse.invoice(invoice_id), NOT_THEIRS), voice.counts()
    )
    return invoice_page(gateway, visit, invoice_id, found, counts)


def invoice_page(
    gateway: Gateway,
    visit: Visit,
    invoice_id: UUID,
    found: Invoice | None,
    counts: Mapping[str, int],
    errors: Sequence[FieldError] = (),
    email: str = "",
) -> Response:
    """`email` is where the treasury sends its receipt, when the invoice can be paid online."""
    return render(
        gateway,
        visit,
        "invoice.html",
        title=f"Facture {found.number}" if found else "Facture",
        section="statement",
        counts=counts,
        status=422 if errors else 200,
        invoice=found,
        errors=errors,
        email=email,
        retry_url=f"/factures/{invoice_id}",
    )
