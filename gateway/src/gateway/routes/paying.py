"""Paying an invoice online: to the treasury's page, back from it, and its word in between.

The treasury's own page takes the card: we show where to go and what became of it.
"""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from chassis.auth import Audience, allow
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.web.shapes import FieldError
from gateway.checks import PAYMENT_NOTIFICATION
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.rendering import render
from gateway.purse import Outcome, PurseOf
from gateway.upstream import NOT_THEIRS, or_none
from gateway.visit import VisitOf
from gateway.voice import VoiceOf
from portail_contracts.catalogue import Context

from .invoices import invoice_page

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])
notifications = APIRouter(include_in_schema=False, dependencies=[allow(Audience.ANYONE)])

NOT_PAYABLE = "billing.not-payable"
AWAY = "Le service de paiement ne répond pas pour le moment : réessayez dans un instant."
BAD_EMAIL = "Écrivez une adresse électronique, par exemple camille@exemple.fr."


@router.post("/factures/{invoice_id}/payer")
async def pay(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    purse: PurseOf,
    invoice_id: UUID,
) -> Response:
    """Shows the way to the treasury: a page's policy keeps its forms from leading elsewhere."""
    form = await request.form(max_fields=5, max_files=0)
    email = str(form.get("email", "")).strip()[:80]
    invoice, counts = await asyncio.gather(purse.invoice(invoice_id), voice.counts())
    try:
        place = await purse.pay(invoice_id, email)
    except PeerRefused as refused:
        if refused.status != 422:
            raise
        is_ours = str(refused.problem.get("type", "")).endswith(NOT_PAYABLE)
        message = str(refused.problem.get("detail")) if is_ours else BAD_EMAIL
        return invoice_page(
            gateway, visit, invoice_id, invoice, counts, [FieldError("email", message)], email
        )
    except PeerUnavailable:
        errors = [FieldError("email", AWAY)]
        return invoice_page(gateway, visit, invoice_id, invoice, counts, errors, email)
    return render(
        gateway,
        visit,
        "pay.html",
        title="Payer en ligne",
        section="statement",
        counts=counts,
        invoice=invoice,
        place=place,
    )


@router.get("/paiement/retour")
async def back(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    purse: PurseOf,
    facture: Annotated[UUID, Query()],
) -> Response:
    outcome = await or_none(purse.outcome(facture), NOT_THEIRS)
    # Asked afterwards: the payment may have been entered meanwhile.
    invoice, counts = await asyncio.gather(
        or_none(purse.invoice(facture), NOT_THEIRS), voice.counts()
    )
    return render(
        gateway,
        visit,
        "paid.html",
        title="Votre paiement",
        section="statement",
        counts=counts,
        state=(outcome or Outcome(state="pending")).state,
        invoice=invoice,
        invoice_id=facture,
    )


@notifications.get(PAYMENT_NOTIFICATION)
async def heard(
    gateway: GatewayOf, idop: Annotated[str, Query(max_length=64)] = ""
) -> PlainTextResponse:
    """The treasury's server says that an operation ended: a hint, which billing asks about."""
    return await _heard(gateway, idop)


@notifications.post(PAYMENT_NOTIFICATION)
async def heard_in_a_form(request: Request, gateway: GatewayOf) -> PlainTextResponse:
    form = await request.form(max_fields=20, max_files=0)
    idop = form.get("idop") or form.get("idOp") or request.query_params.get("idop") or ""
    return await _heard(gateway, str(idop))


async def _heard(gateway: Gateway, id_op: str) -> PlainTextResponse:
    """What is not an operation of ours is answered alike: nothing is told to strangers."""
    try:
        await gateway.upstream.tell(
            Context.BILLING, "/v1/payment-notifications", {"id_op": id_op}, token=None, seconds=12.0
        )
    except PeerRefused:
        return PlainTextResponse("reçu")
    except PeerUnavailable:
        return PlainTextResponse("à renvoyer", status_code=503)
    return PlainTextResponse("reçu")
