"""The family's invoices: the list, and each one as a page that says all that its PDF says."""

import asyncio
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.auth import Audience, allow
from gateway.gateway import GatewayOf
from gateway.pages.listing import Page, pagination
from gateway.pages.rendering import render
from gateway.purse import PurseOf
from gateway.upstream import NOT_THEIRS, or_none
from gateway.visit import VisitOf
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
    return render(
        gateway,
        visit,
        "invoice.html",
        title=f"Facture {found.number}" if found else "Facture",
        section="statement",
        counts=counts,
        invoice=found,
        retry_url=f"/factures/{invoice_id}",
    )
