"""A member of staff's own access: its home page, and the second factor they may take."""

from typing import Annotated

import segno
from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from chassis.auth import STAFF, allow
from chassis.peers import PeerRefused
from chassis.web import shapes
from gateway.answers import Proposal
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.rendering import render
from gateway.visit import Visit, VisitOf
from gateway.voice import VoiceOf

from .own_access import AGENT

router = APIRouter(include_in_schema=False, dependencies=[allow(*STAFF)])

FACTOR = f"{AGENT.home}/second-facteur"
PURPOSE = "proposed-factor"
WRONG = "Ce code n’est pas le bon, ou il a déjà servi"
Typed = Annotated[str, Form(max_length=4000)]


@router.get(AGENT.home)
async def own_access(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    changed: Annotated[bool, Query(alias="change")] = False,
    removed: Annotated[bool, Query(alias="retire")] = False,
) -> Response:
    return render(
        gateway,
        visit,
        "own_access.html",
        title="Mon accès",
        place=AGENT,
        own=await voice.own_access(),
        changed=changed,
        removed=removed,
        factor_url=FACTOR,
    )


@router.get(FACTOR)
async def no_page(gateway: GatewayOf) -> Response:
    """Reloading the drawing would propose another secret: begin again from the access's page."""
    return RedirectResponse(AGENT.home, 303)


@router.post(FACTOR)
async def propose(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf) -> Response:
    try:
        proposal = await voice.propose_factor()
    except PeerRefused as refused:
        if refused.status != 409:
            raise
        return RedirectResponse(AGENT.home, 303)
    return _drawing(gateway, visit, proposal)


@router.post(f"{FACTOR}/confirmer")
async def confirm(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, proposed: Typed = "", code: Typed = ""
) -> Response:
    """The drawing again with the same secret after a wrong code: the telephone has it already."""
    content = gateway.seal.open(PURPOSE, proposed)
    if content is None:
        return RedirectResponse(AGENT.home, 303)
    try:
        codes = (await voice.confirm_factor(code.strip()[:40] or "-")).codes
    except PeerRefused as refused:
        if refused.status == 409:
            return RedirectResponse(AGENT.home, 303)
        if refused.status != 422:
            raise
        return _drawing(gateway, visit, Proposal(**content), WRONG)
    return render(gateway, visit, "recovery_codes.html", title="Codes de secours", codes=codes)


@router.post(f"{FACTOR}/retirer")
async def remove(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, code: Typed = "") -> Response:
    try:
        await voice.remove_factor(code.strip()[:40] or "-")
    except PeerRefused as refused:
        if refused.status not in (422, 429):
            raise
        said = WRONG if refused.status == 422 else str(refused.problem.get("detail", ""))
        return render(
            gateway,
            visit,
            "own_access.html",
            title="Mon accès",
            status=refused.status,
            place=AGENT,
            own=await voice.own_access(),
            changed=False,
            removed=False,
            factor_url=FACTOR,
            error=said,
        )
    return RedirectResponse(f"{AGENT.home}?retire=1", 303)


def _drawing(gateway: Gateway, visit: Visit, proposal: Proposal, error: str = "") -> Response:
    content = {"secret": proposal.secret, "address": proposal.address}
    return render(
        gateway,
        visit,
        "second_factor.html",
        title="Second facteur",
        status=422 if error else 200,
        place=AGENT,
        url=f"{FACTOR}/confirmer",
        drawing=drawn(proposal.address),
        secret=_grouped(proposal.secret),
        proposed=gateway.seal.close(PURPOSE, content),
        errors=[shapes.FieldError("code", error)] if error else [],
    )


def drawn(address: str) -> Markup:
    """The QR code as SVG inside the page: dark on white in every theme, or cameras miss it."""
    code = segno.make(address, error="m")
    # Made by the library from its own modules: nothing of what was typed stands in it as text.
    return Markup(  # noqa: S704
        code.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
    )


def _grouped(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
