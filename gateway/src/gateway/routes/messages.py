"""The family's inbox: threads, one thread, what is put away."""

import asyncio
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import STAFF, Audience, allow
from chassis.web import shapes
from gateway.correspondence import Conversation, Correspondence, CorrespondenceOf
from gateway.forwarding import Destination, Forwarded, onward_headers
from gateway.gateway import Gateway, GatewayOf, gateway_of
from gateway.pages import threads as words
from gateway.pages.listing import Page, pagination
from gateway.pages.rendering import render
from gateway.pages.threads import Filter
from gateway.upstream import NOT_THEIRS, or_none
from gateway.visit import Visit, VisitOf, visit_of
from gateway.voice import Voice, VoiceOf
from portail_contracts.catalogue import Context

from .letters import Letter
from .raw import RawRoute

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])
files = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.FAMILY)]
)
staff_files = APIRouter(route_class=RawRoute, include_in_schema=False, dependencies=[allow(*STAFF)])

SENT = "Votre message est envoyé. Vous verrez ici quand le service l’a ouvert."


class View(StrEnum):
    """The piles of the inbox, by the word in their address."""

    ALL = ""
    UNREAD = "non-lus"
    ARCHIVED = "archives"


class Turn(StrEnum):
    """What a family may do with a thread, by the word in its address."""

    UNREAD = "non-lu"
    ARCHIVE = "archiver"
    TAKE_OUT = "sortir"


VERBS = {Turn.UNREAD: "unread", Turn.ARCHIVE: "archive", Turn.TAKE_OUT: "unarchive"}
LABELS = {View.ALL: "Reçus", View.UNREAD: "Non lus", View.ARCHIVED: "Archives"}


@router.get("/messages")
async def messages(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    letters: CorrespondenceOf,
    view: Annotated[View, Query(alias="vue")] = View.ALL,
    topic: Annotated[str, Query(alias="sujet", max_length=20)] = "",
    search: Annotated[str, Query(alias="q", max_length=200)] = "",
    page: Page = 1,
) -> Response:
    here = Filter(view, topic if topic in words.TOPICS else "", search.strip())
    found, drafts, counts = await asyncio.gather(
        or_none(letters.threads(page=str(page), **here.asked)),
        or_none(letters.drafts()),
        voice.counts(),
    )
    return render(
        gateway,
        visit,
        "messages.html",
        title="Boîte de réception",
        section="messages",
        counts=counts,
        threads=found,
        drafts=drafts.items if drafts else (),
        here=here,
        views=[shapes.QueueTab(LABELS[one], 0, here.url(vue=one), one is view) for one in View],
        topics=words.TOPICS,
        pagination=pagination(found, here.url()) if found else None,
    )


@router.get("/messages/{thread_id}")
async def thread(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    letters: CorrespondenceOf,
    thread_id: UUID,
    page: Page = 1,
    sent: Annotated[bool, Query(alias="envoye")] = False,
) -> Response:
    found, drafts = await asyncio.gather(
        or_none(letters.thread(thread_id, page), NOT_THEIRS), or_none(letters.drafts())
    )
    draft = drafts.of_thread(thread_id) if drafts else None
    letter = Letter.of_draft(draft) if draft else Letter.answering(thread_id)
    notice = SENT if sent else None
    return await thread_page(
        gateway, visit, (voice, letters), found, letter, notice=notice, thread_id=thread_id
    )


async def thread_page(
    gateway: Gateway,
    visit: Visit,
    voices: tuple[Voice, Correspondence],
    found: Conversation | None,
    letter: Letter,
    *,
    thread_id: UUID,
    notice: str | None = None,
    errors: tuple[shapes.FieldError, ...] = (),
    status: int = 200,
) -> Response:
    """Opening a thread reads it. The page is worth more than its mark: it is shown without too."""
    voice, letters = voices
    counts = await voice.counts()
    if found is not None and found.unread:
        await or_none(letters.turn(thread_id, "read"))
        counts = {**counts, "messages": max(0, counts["messages"] - found.unread)}
    return render(
        gateway,
        visit,
        "thread.html",
        title=found.thread.subject if found else "Message",
        section="messages",
        status=status,
        counts=counts,
        conversation=found,
        letter=letter,
        notice=notice,
        errors=errors,
        wrong={error.field: error.message for error in errors},
        here=f"/messages/{thread_id}",
        pagination=pagination(found, f"/messages/{thread_id}") if found else None,
        topics=words.TOPICS,
    )


@router.post("/messages/{thread_id}/{turn}")
async def turn(letters: CorrespondenceOf, thread_id: UUID, turn: Turn) -> Response:
    await letters.turn(thread_id, VERBS[turn])
    return RedirectResponse("/messages", 303)


@files.get("/messages/pieces/{attachment_id}")
async def attachment(request: Request) -> Forwarded:
    """To be saved, never shown: messaging's own headers say so, and go through."""
    return _forwarded(request, "/v1/me/attachments")


@staff_files.get("/console/messages/pieces/{attachment_id}")
async def attachment_for_staff(request: Request) -> Forwarded:
    return _forwarded(request, "/v1/staff/attachments")


def _forwarded(request: Request, folder: str) -> Forwarded:
    gateway, visit = gateway_of(request), visit_of(request)
    try:
        attachment_id = UUID(request.path_params["attachment_id"])
    except ValueError:
        attachment_id = UUID(int=0)
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.MESSAGING),
            path=f"{folder}/{attachment_id}",
            headers=onward_headers(request, visit.token, visit.form_token),
        ),
    )
