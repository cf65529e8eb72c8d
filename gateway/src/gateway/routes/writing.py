"""Writing to the service: a new message from anywhere, an answer, drafts."""

import asyncio
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.peers import PeerUnavailable
from chassis.web import shapes
from gateway.correspondence import Centre, Correspondence, CorrespondenceOf
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.rendering import render
from gateway.pages.threads import Subject, subject_of
from gateway.upstream import NOT_THEIRS, or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf

from .letters import KEEP, Delivery, Letter, Received, letter_from, received
from .messages import thread_page

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])

NEW = "/messages/nouveau"
NO_ANSWER = (
    "Le service n’a pas répondu : votre message n’est peut-être pas parti. "
    "Renvoyez-le : il ne sera compté qu’une fois."
).replace(" :", "\u00a0:")


@router.get(NEW)
async def form(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    letters: CorrespondenceOf,
    about: Annotated[str, Query(alias="sujet", max_length=60)] = "",
    draft_id: Annotated[UUID | None, Query(alias="brouillon")] = None,
) -> Response:
    if draft_id is not None:
        letter = Letter.of_draft(await letters.draft(draft_id))
    else:
        letter = Letter.new(await _named(subject_of(about), voice, letters))
    return await _form(gateway, visit, voice, letters, letter)


@router.post(NEW)
async def begin(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    letters: CorrespondenceOf,
) -> Response:
    sent = await received(request)
    centres = await _centres(letters)
    letter = replace(sent.letter, about=await _named(sent.letter.about, voice, letters))
    delivery = Delivery(letters)
    try:
        if await _prepare(delivery, sent, letter.as_draft(centres, None)):
            if sent.action == KEEP:
                return RedirectResponse("/messages", 303)
            if await delivery.send(letters.begin(letter.as_beginning(centres))):
                return RedirectResponse(f"/messages/{letter.thread_id}?envoye=1", 303)
        letter = await delivery.with_files(letter)
    except PeerUnavailable:
        return await _form(gateway, visit, voice, letters, letter, NO_ANSWER, (), 503)
    errors = tuple(delivery.errors)
    status = 422 if errors else 200
    return await _form(gateway, visit, voice, letters, letter, None, errors, status)


@router.post("/messages/{thread_id}")
async def answer(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    letters: CorrespondenceOf,
    thread_id: UUID,
) -> Response:
    sent = await received(request)
    letter = replace(sent.letter, thread_id=thread_id)
    here = f"/messages/{thread_id}"
    delivery = Delivery(letters)
    notice = None
    try:
        if await _prepare(delivery, sent, letter.as_draft((), thread_id)):
            if sent.action == KEEP:
                return RedirectResponse(here, 303)
            if await delivery.send(letters.answer(thread_id, letter.as_answer())):
                return RedirectResponse(f"{here}?envoye=1", 303)
        letter = await delivery.with_files(letter)
    except PeerUnavailable:
        notice = NO_ANSWER
    found = await or_none(letters.thread(thread_id), NOT_THEIRS)
    return await thread_page(
        gateway,
        visit,
        (voice, letters),
        found,
        letter,
        thread_id=thread_id,
        notice=notice,
        errors=tuple(delivery.errors),
        status=503 if notice else 422 if delivery.errors else 200,
    )


@router.post("/messages/brouillons/{draft_id}")
async def keep(
    request: Request,
    letters: CorrespondenceOf,
    draft_id: UUID,
    thread: Annotated[UUID | None, Query(alias="fil")] = None,
) -> Response:
    """What the page's script sends now and then, so that nothing typed is lost."""
    form = await request.form(max_fields=20, max_files=0)
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    letter = replace(letter_from(typed), message_id=draft_id)
    await letters.keep(draft_id, letter.as_draft(await _centres(letters, thread), thread))
    return Response(status_code=204)


@router.post("/messages/brouillons/{draft_id}/supprimer")
async def throw_away(letters: CorrespondenceOf, draft_id: UUID) -> Response:
    await letters.throw_away(draft_id)
    return RedirectResponse("/messages", 303)


async def _prepare(delivery: Delivery, sent: Received, draft: dict[str, object]) -> bool:
    """Keep, take off, join; whether the form may go on to where its button leads."""
    if not sent.is_to_send or sent.files:
        await delivery.keep(sent.letter, draft)
        if sent.removed is not None:
            await delivery.take_off(sent.letter, sent.removed)
        if not delivery.errors:
            await delivery.join(sent.letter, sent.files)
    return not delivery.errors and (sent.is_to_send or sent.action == KEEP)


async def _named(about: Subject, voice: Voice, letters: Correspondence) -> Subject:
    """With the name that people know it by; another family's is a page that does not exist."""
    if about.id is None:
        return Subject()
    match about.topic:
        case "request":
            asked = _number_of_request(voice, about.id)
        case "invoice":
            asked = letters.invoice_number(about.id)
        case _:
            asked = _name_of_child(voice, about.id)
    label = await or_none(asked, NOT_THEIRS)
    return replace(about, label=label) if label else Subject()


async def _number_of_request(voice: Voice, request_id: UUID) -> str:
    return (await voice.request(request_id)).number


async def _name_of_child(voice: Voice, child_id: UUID) -> str:
    return (await voice.child(child_id)).given_name


async def _centres(letters: Correspondence, thread: UUID | None = None) -> tuple[Centre, ...]:
    """None are needed for an answer."""
    if thread is not None:
        return ()
    found = await or_none(letters.centres())
    return found.items if found else ()


async def _form(
    gateway: Gateway,
    visit: Visit,
    voice: Voice,
    letters: Correspondence,
    letter: Letter,
    notice: str | None = None,
    errors: tuple[shapes.FieldError, ...] = (),
    status: int = 200,
) -> Response:
    centres, counts = await asyncio.gather(_centres(letters), voice.counts())
    session = visit.session
    return render(
        gateway,
        visit,
        "new_message.html",
        title="Écrire au service",
        section="messages",
        status=status,
        counts=counts,
        letter=letter,
        centres=[shapes.Choice(str(one.centre_id), one.name) for one in centres],
        own_access=session is not None and session.principal.guardian_id is not None,
        errors=errors,
        wrong={error.field: error.message for error in errors},
        notice=notice,
    )
