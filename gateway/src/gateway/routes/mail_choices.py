"""Which e-mails are wanted: chosen signed in, or stopped by the link at an e-mail's foot."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.peers import PeerRefused
from chassis.problems import Problem
from gateway.answers import Answer
from gateway.correspondence import CorrespondenceOf
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.rendering import render
from gateway.upstream import or_none
from gateway.visit import VisitOf
from gateway.voice import VoiceOf
from portail_contracts.catalogue import Context

CHOICES = "/mon-compte/notifications"

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])
anyone = APIRouter(include_in_schema=False, dependencies=[allow(Audience.ANYONE)])


class Stopped(Answer):
    category: str
    label: str


@router.get(CHOICES)
async def choices(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    letters: CorrespondenceOf,
    saved: Annotated[bool, Query(alias="enregistre")] = False,
) -> Response:
    wishes, counts = await asyncio.gather(or_none(letters.wishes()), voice.counts())
    return render(
        gateway,
        visit,
        "notifications.html",
        title="Courriels que je reçois",
        section="account",
        counts=counts,
        wishes=wishes,
        saved=saved,
        here=CHOICES,
    )


@router.post(CHOICES)
async def choose(request: Request, letters: CorrespondenceOf) -> Response:
    """What is not ticked is not wanted."""
    form = await request.form(max_fields=40, max_files=0)
    ticked = set(form.getlist("wanted"))
    known = [one.category for one in (await letters.wishes()).items]
    await letters.wish({category: category in ticked for category in known})
    return RedirectResponse(f"{CHOICES}?enregistre=1", 303)


@anyone.get("/courriels/arret/{token}")
@anyone.get("/courriels/arret/{token}/un-clic")
async def ask(gateway: GatewayOf, visit: VisitOf, token: UUID) -> Response:
    """Nothing is stopped by opening the link: mail scanners open links too."""
    visit.prepare_form(gateway.clock)
    return _page(gateway, visit, token, None)


@anyone.post("/courriels/arret/{token}")
async def stop(gateway: GatewayOf, visit: VisitOf, token: UUID) -> Response:
    visit.prepare_form(gateway.clock)
    return _page(gateway, visit, token, await _stopped(gateway, token))


@anyone.post("/courriels/arret/{token}/un-clic")
async def stop_at_once(
    gateway: GatewayOf,
    token: UUID,
    said: Annotated[str, Form(alias="List-Unsubscribe", max_length=40)] = "",
) -> Response:
    """By a mailbox, for whoever pressed its button: no page, no cookie, no session (RFC 8058)."""
    if said != "One-Click":
        raise Problem(422, "gateway.not-one-click", "Ce n’est pas un désabonnement en un clic")
    stopped = await _stopped(gateway, token)
    return Response(status_code=200 if stopped else 404)


async def _stopped(gateway: Gateway, token: UUID) -> str:
    """What is no longer sent; empty when no e-mail of ours carried the token."""
    try:
        answer = await gateway.upstream.post(
            Context.MESSAGING, "/v1/unsubscriptions", {"token": str(token)}, Stopped, token=None
        )
    except PeerRefused as refused:
        if refused.status != 404:
            raise
        return ""
    return answer.label


def _page(gateway: GatewayOf, visit: VisitOf, token: UUID, stopped: str | None) -> Response:
    return render(
        gateway,
        visit,
        "stop_mail.html",
        title="Ne plus recevoir ces courriels",
        status=404 if stopped == "" else 200,
        token=token,
        stopped=stopped,
    )
