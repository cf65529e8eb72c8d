"""« Messages »: the queue of threads, one thread, and what staff do with it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.identifiers import new_id
from chassis.runtime import Runtime, RuntimeOf
from chassis.web.shapes import QueueTab
from enrolment.store.catalogue import all_centres

from . import letters_wording as wording
from .correspondence import Mistake, Threads, Words, correspondence_of
from .forms import Fields, form_fields, identifier, one
from .letters_pages import (
    BEGINNERS,
    LETTERS,
    MAIL_READERS,
    SENDING_READERS,
    WRITERS,
    Desk,
    PageNumber,
    colleagues_of,
    or_none,
    pagination,
    show,
)
from .pages import PageRoute, Pages, PagesOf
from .readers import LettersReader, LettersWriter

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True)
class Filter:
    """Which part of the queue is on the screen."""

    pile: str = "attente"
    topic: str = ""
    centre: str = ""
    search: str = ""
    family: str = ""

    def url(self, **changed: str) -> str:
        chosen = {
            "pile": self.pile,
            "sujet": self.topic,
            "centre": self.centre,
            "q": self.search,
            "famille": self.family,
        } | changed
        return f"{LETTERS}?{urlencode({name: value for name, value in chosen.items() if value})}"

    @property
    def asked(self) -> dict[str, str]:
        asked = {
            "pile": wording.PILES[self.pile][0],
            "topic": self.topic,
            "centre_id": self.centre,
            "q": self.search,
            "family_id": self.family,
        }
        return {name: value for name, value in asked.items() if value}


@router.get("/messages")
async def queue(
    request: Request,
    principal: LettersReader,
    runtime: RuntimeOf,
    pages: PagesOf,
    pile: Annotated[str, Query(max_length=20)] = "attente",
    sujet: Annotated[str, Query(max_length=20)] = "",
    centre: UUID | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    famille: UUID | None = None,
    page: PageNumber = 1,
) -> Response:
    here = Filter(
        pile if pile in wording.PILES else "attente",
        sujet if sujet in wording.TOPICS else "",
        str(centre) if centre else "",
        q.strip(),
        str(famille) if famille else "",
    )
    letters = correspondence_of(request, runtime, principal)
    found = await or_none(letters.get("/threads", Threads, page=str(page), **here.asked))
    return await show(
        pages,
        principal,
        runtime,
        "messages.html",
        title="Messages de la famille" if famille else "Messages",
        counts=found.counts if found else None,
        threads=found,
        here=here,
        tabs=_tabs(found, here),
        topics=wording.TOPICS,
        may_begin=bool(principal.audiences & BEGINNERS),
        may_see_mail=bool(principal.audiences & MAIL_READERS),
        may_see_sendings=bool(principal.audiences & SENDING_READERS),
        pagination=pagination(found, here.url()) if found else None,
    )


def _tabs(found: Threads | None, here: Filter) -> list[QueueTab]:
    counts = {"attente": found.counts.waiting, "miens": found.counts.mine} if found else {}
    return [
        QueueTab(label, counts.get(word, 0), here.url(pile=word), word == here.pile)
        for word, (_, label) in wording.PILES.items()
    ]


@router.get("/messages/{thread_id}")
async def thread(
    thread_id: UUID,
    request: Request,
    principal: LettersReader,
    runtime: RuntimeOf,
    pages: PagesOf,
    reponse: UUID | None = None,
    page: PageNumber = 1,
) -> Response:
    letters = correspondence_of(request, runtime, principal)
    if principal.audiences & WRITERS:
        await or_none(letters.post(f"/threads/{thread_id}/seen"))
    path = f"/threads/{thread_id}/canned-replies/{reponse}"
    filled = await or_none(letters.get(path, Words)) if reponse else None
    desk = Desk(letters, runtime, pages, thread_id, page)
    return await desk.thread(filled.body if filled else "")


async def act(
    thread_id: UUID,
    request: Request,
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    verb: str,
) -> Response:
    """Do it and come back to the thread; what is wrong is said there."""
    fields = await form_fields(request)
    letters = correspondence_of(request, runtime, principal)
    try:
        await letters.post(f"/threads/{thread_id}/{verb}", await _body(verb, fields, runtime))
    except Mistake as mistake:
        desk = Desk(letters, runtime, pages, thread_id)
        return await desk.thread(note=one(fields, "note"), error=mistake.error)
    return RedirectResponse(f"{LETTERS}/{thread_id}", 303)


async def _body(verb: str, fields: Fields, runtime: Runtime) -> dict[str, Any]:
    match verb:
        case "notes":
            note_id = identifier(fields, "note_id") or new_id()
            return {"note_id": str(note_id), "body": one(fields, "note")}
        case "assign":
            return await _colleague(identifier(fields, "staff_id"), runtime)
        case "transfer":
            centre = await _centre(identifier(fields, "centre_id"), runtime)
            return {"centre": centre, "topic": one(fields, "topic") or "other"}
        case _:
            return {}


async def _colleague(staff_id: UUID | None, runtime: Runtime) -> dict[str, Any]:
    """Only somebody who works here, by the name that they have."""
    if staff_id is None:
        return {}
    found = next((one for one in await colleagues_of(runtime) if one.value == str(staff_id)), None)
    return {"staff_id": found.value, "name": found.label} if found else {}


async def _centre(centre_id: UUID | None, runtime: Runtime) -> dict[str, str] | None:
    async with runtime.database.reading() as connection:
        centres = await all_centres(connection)
    found = next((one for one in centres if one.centre_id == centre_id), None)
    return {"centre_id": str(found.centre_id), "name": found.name} if found else None


class Turn(StrEnum):
    """What staff may do with a thread, by the word in its address."""

    NOTE = "note"
    ASSIGN = "confier"
    TRANSFER = "transferer"
    CLOSE = "clore"
    REOPEN = "rouvrir"


VERBS = {
    Turn.NOTE: "notes",
    Turn.ASSIGN: "assign",
    Turn.TRANSFER: "transfer",
    Turn.CLOSE: "close",
    Turn.REOPEN: "reopen",
}


@router.post("/messages/{thread_id}/{turn}")
async def take_turn(
    thread_id: UUID,
    turn: Turn,
    request: Request,
    principal: LettersWriter,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    return await act(thread_id, request, principal, runtime, pages, VERBS[turn])
