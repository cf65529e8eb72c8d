"""« Mes données »: who read what, a copy of everything, changing it, being forgotten."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.identifiers import new_id
from chassis.peers import PeerRefused
from gateway.forwarding import Destination, Forwarded, onward_headers
from gateway.gateway import GatewayOf, gateway_of
from gateway.pages.listing import Page, pagination
from gateway.pages.rendering import render
from gateway.pages.rights import NOTICES, ExportView, ReadView
from gateway.upstream import or_none
from gateway.vault_voice import VaultOf
from gateway.visit import VisitOf, visit_of
from gateway.voice import VoiceOf
from portail_contracts.catalogue import Context

from .raw import RawRoute

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])
copies = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.FAMILY)]
)

HERE = "/mes-donnees"


@router.get(HERE)
async def rights(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    vault: VaultOf,
    page: Page = 1,
    said: Annotated[str, Query(alias="fait", max_length=20)] = "",
) -> Response:
    reads, exports, erasure, counts = await asyncio.gather(
        or_none(vault.reads(page)),
        or_none(vault.exports()),
        or_none(vault.erasure()),
        voice.counts(),
    )
    return render(
        gateway,
        visit,
        "rights.html",
        title="Mes données",
        section="account",
        counts=counts,
        reads=[ReadView(one) for one in reads.items] if reads else None,
        pagination=pagination(reads, HERE) if reads else None,
        exports=[ExportView(one) for one in exports.items] if exports else None,
        erasure=erasure,
        export_id=new_id(),
        notice=NOTICES.get(said),
    )


@router.post("/mes-donnees/copie")
async def ask_copy(vault: VaultOf, export_id: Annotated[UUID, Form()]) -> Response:
    await vault.ask_export(export_id)
    return RedirectResponse(f"{HERE}?fait=copie#copie", 303)


@copies.get("/mes-donnees/copie/{export_id}")
async def copy(request: Request) -> Forwarded:
    """The ZIP, piece by piece as accounts opens it."""
    gateway, visit = gateway_of(request), visit_of(request)
    try:
        export_id = UUID(request.path_params["export_id"])
    except ValueError:
        export_id = UUID(int=0)
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.ACCOUNTS),
            path=f"/v1/me/exports/{export_id}/content",
            headers=onward_headers(request, visit.token, visit.form_token),
        ),
    )


@router.post("/mes-donnees/effacement")
async def ask_erasure(vault: VaultOf, sure: Annotated[str, Form()] = "") -> Response:
    if sure != "yes":
        return RedirectResponse(f"{HERE}?fait=confirmer#effacement", 303)
    await vault.ask_erasure()
    return RedirectResponse(f"{HERE}?fait=effacement#effacement", 303)


@router.post("/mes-donnees/effacement/annuler")
async def withdraw_erasure(vault: VaultOf) -> Response:
    try:
        await vault.withdraw_erasure()
    except PeerRefused as refused:
        if refused.status != 404:
            raise
    return RedirectResponse(f"{HERE}?fait=annule#effacement", 303)
