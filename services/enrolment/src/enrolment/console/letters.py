"""« Messages »: the queue of threads, one thread, and what staff do with it."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable
from chassis.runtime import Runtime, RuntimeOf
from chassis.web.shapes import Choice, FieldError, Pagination, QueueTab
from enrolment.store.assignments import colleagues
from enrolment.store.catalogue import all_centres
from enrolment.store.request_lists import count_pending

from . import letters_wording as wording
from .correspondence import (
    Case,
    Correspondence,
    Listed,
    Mistake,
    ReadyReplies,
    Threads,
    Words,
    correspondence_of,
)
from .forms import Fields, form_fields, identifier, one
from .pages import PageRoute, Pages, PagesOf
from .readers import LettersReader, LettersWriter

router = APIRouter(route_class=PageRoute)

LETTERS = "/console/messages"
WRITERS = frozenset({Audience.SECRETARIAT, Audience.CASH_OFFICE})
MONEY = ("invoice", "payment")
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True)
class Filter:
    """Which part of the queue is on the screen."""

    pile: str = "attente"
    topic: str = ""
    centre: str = ""
    search: str = ""

    def url(self, **changed: str) -> str:
        chosen = {
            "pile": self.pile,
            "sujet": self.topic,
            "centre": self.centre,
            "q": self.search,
        } | changed
        return f"{LETTERS}?{urlencode({name: value for name, value in chosen.items() if value})}"

    @property
    def asked(self) -> dict[str, str]:
        asked = {
            "pile": wording.PILES[self.pile][0],
            "topic": self.topic,
            "centre_id": self.centre,
            "q": self.search,
        }
        return {name: value for name, value in asked.items() if value}


def pagination(found: Listed, here: str) -> Pagination:
    link = "&" if "?" in here else "?"
    return Pagination(
        label=f"Page {found.page} sur {max(found.pages, 1)}",
        previous=f"{here}{link}page={found.page - 1}" if found.page > 1 else None,
        next=f"{here}{link}page={found.page + 1}" if found.page < found.pages else None,
    )


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
    page: PageNumber = 1,
) -> Response:
    here = Filter(
        pile if pile in wording.PILES else "attente",
        sujet if sujet in wording.TOPICS else "",
        str(centre) if centre else "",
        q.strip(),
    )
    letters = correspondence_of(request, runtime, principal)
    found = await or_none(letters.get("/threads", Threads, page=str(page), **here.asked))
    return await show(
        pages,
        principal,
        runtime,
        "messages.html",
        title="Messages",
        counts=found.counts if found else None,
        threads=found,
        here=here,
        tabs=_tabs(found, here),
        topics=wording.TOPICS,
        may_write=bool(principal.audiences & WRITERS),
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
    return await desk.thread(body=filled.body if filled else "")


@dataclass(frozen=True)
class Desk:
    """One visit to one thread."""

    letters: Correspondence
    runtime: Runtime
    pages: Pages
    thread_id: UUID
    page: int = 1

    async def thread(
        self, *, body: str = "", note: str = "", error: FieldError | None = None
    ) -> Response:
        """Raises Problem 404. What was typed comes back with what is wrong with it."""
        case, ready = await asyncio.gather(
            or_none(self.letters.get(f"/threads/{self.thread_id}", Case, page=str(self.page))),
            or_none(self.letters.get("/canned-replies", ReadyReplies)),
        )
        here = f"{LETTERS}/{self.thread_id}"
        now = self.runtime.clock.now()
        return await show(
            self.pages,
            self.letters.principal,
            self.runtime,
            "message.html",
            title=case.thread.subject if case else "Message",
            status=422 if error else 200,
            case=case,
            here=here,
            ready=ready.items if ready else (),
            body=body,
            note=note,
            wrong={error.field: error.message} if error else {},
            errors=[error] if error else [],
            message_id=new_id(),
            note_id=new_id(),
            history=wording.history(case.history, now) if case else [],
            topics=wording.TOPICS,
            may_write=bool(self.letters.principal.audiences & WRITERS),
            pagination=pagination(case, here) if case else None,
        )


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
        note = one(fields, "note")
        return await desk.thread(body=one(fields, "body"), note=note, error=mistake.error)
    return RedirectResponse(f"{LETTERS}/{thread_id}", 303)


async def _body(verb: str, fields: Fields, runtime: Runtime) -> dict[str, Any]:
    match verb:
        case "messages":
            return {
                "message_id": str(identifier(fields, "message_id") or new_id()),
                "body": one(fields, "body"),
                "close": one(fields, "action") == "clore",
            }
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


async def colleagues_of(runtime: Runtime) -> list[Choice]:
    async with runtime.database.reading() as connection:
        found = [
            *await colleagues(connection, "secretariat"),
            *await colleagues(connection, "cash_office"),
        ]
    return [Choice(str(one.staff_id), one.name) for one in dict.fromkeys(found)]


class Turn(StrEnum):
    """What staff may do with a thread, by the word in its address."""

    ANSWER = "repondre"
    NOTE = "note"
    ASSIGN = "confier"
    TRANSFER = "transferer"
    CLOSE = "clore"
    REOPEN = "rouvrir"


VERBS = {
    Turn.ANSWER: "messages",
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


async def or_none(asked: Any) -> Any:
    """A part of the page does without messaging when it is away; it then says so."""
    try:
        return await asked
    except PeerUnavailable:
        return None


async def show(
    pages: Pages,
    principal: Principal,
    runtime: Runtime,
    template: str,
    *,
    counts: Any = None,
    section: str = "messages",
    **given: Any,
) -> Response:
    """With what every page of the section needs of enrolment itself."""
    async with runtime.database.reading() as connection:
        pending = await count_pending(connection)
        centres = await all_centres(connection)
    return pages.html(
        template,
        principal,
        pending=pending,
        messages=counts.waiting if counts else 0,
        section=section,
        now=runtime.clock.now(),
        centres=[Choice(str(one.centre_id), one.name) for one in centres],
        colleagues=await colleagues_of(runtime),
        **given,
    )
