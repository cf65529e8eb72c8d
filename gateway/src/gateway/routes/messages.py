"""The family's inbox."""

import asyncio
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.peers import PeerUnavailable
from gateway import answers
from gateway.gateway import GatewayOf
from gateway.pages.listing import Page, pagination
from gateway.pages.rendering import render
from gateway.upstream import or_none
from gateway.visit import VisitOf
from gateway.voice import Voice, VoiceOf

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])


@router.get("/messages")
async def messages(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, page: Page = 1) -> Response:
    found, counts = await asyncio.gather(or_none(voice.messages(page)), voice.counts())
    return render(
        gateway,
        visit,
        "messages.html",
        title="Boîte de réception",
        section="messages",
        counts=counts,
        messages=found,
        pagination=pagination(found, "/messages") if found else None,
    )


@router.get("/messages/{message_id}")
async def message(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, message_id: UUID) -> Response:
    found, counts = await asyncio.gather(_read(voice, message_id), voice.counts())
    if found is not None and not found.read:
        counts = {**counts, "messages": max(0, counts["messages"] - 1)}
    return render(
        gateway,
        visit,
        "message.html",
        title=found.subject if found else "Message",
        section="messages",
        counts=counts,
        message=found,
        retry_url=f"/messages/{message_id}",
    )


async def _read(voice: Voice, message_id: UUID) -> answers.Message | None:
    """Raises PeerRefused: another family's message is a page that does not exist."""
    try:
        found = await voice.message(message_id)
    except PeerUnavailable:
        return None
    if not found.read:
        # The page is worth more than its mark: it is shown even when the mark cannot be made.
        await or_none(voice.mark(message_id, read=True))
    return found


@router.post("/messages/{message_id}/non-lu")
async def keep_unread(voice: VoiceOf, message_id: UUID) -> Response:
    await voice.mark(message_id, read=False)
    return RedirectResponse("/messages", 303)
