"""What the pages of « Messages » have in common, and the page of one thread."""

import asyncio
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable
from chassis.runtime import Runtime
from chassis.web.shapes import Choice, FieldError, Pagination
from enrolment.store.assignments import colleagues
from enrolment.store.catalogue import all_centres
from enrolment.store.request_lists import count_pending

from . import letters_wording as wording
from .correspondence import Case, Correspondence, Draft, File, Listed, ReadyReplies
from .pages import Pages

LETTERS = "/console/messages"
BEGINNERS = frozenset({Audience.SECRETARIAT, Audience.CASH_OFFICE})
WRITERS = BEGINNERS | {Audience.CENTRE}
MAIL_READERS = frozenset({Audience.SECRETARIAT, Audience.ADMIN})
SENDING_READERS = BEGINNERS | {Audience.ADMIN, Audience.AUDITOR}
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


def pagination(found: Listed, here: str) -> Pagination:
    link = "&" if "?" in here else "?"
    return Pagination(
        label=f"Page {found.page} sur {max(found.pages, 1)}",
        previous=f"{here}{link}page={found.page - 1}" if found.page > 1 else None,
        next=f"{here}{link}page={found.page + 1}" if found.page < found.pages else None,
    )


@dataclass(frozen=True)
class Writing:
    """An answer as its form has it; `message_id` is its draft's and will be its message's."""

    message_id: UUID
    body: str = ""
    attachments: tuple[File, ...] = ()


@dataclass(frozen=True)
class Desk:
    """One visit to one thread."""

    letters: Correspondence
    runtime: Runtime
    pages: Pages
    thread_id: UUID
    page: int = 1

    async def thread(
        self,
        body: str = "",
        *,
        writing: Writing | None = None,
        note: str = "",
        error: FieldError | None = None,
        warning: str = "",
    ) -> Response:
        """Raises Problem 404. What was typed comes back with what is wrong with it."""
        case, ready, writing = await asyncio.gather(
            or_none(self.letters.get(f"/threads/{self.thread_id}", Case, page=str(self.page))),
            or_none(self.letters.get("/canned-replies", ReadyReplies)),
            self._writing(body, writing),
        )
        here = f"{LETTERS}/{self.thread_id}"
        now = self.runtime.clock.now()
        return await show(
            self.pages,
            self.letters.principal,
            self.runtime,
            "message.html",
            title=case.thread.subject if case else "Message",
            status=503 if warning else 422 if error else 200,
            case=case,
            here=here,
            ready=ready.items if ready else (),
            letter=writing,
            note=note,
            warning=warning,
            wrong={error.field: error.message} if error else {},
            errors=[error] if error else [],
            note_id=new_id(),
            history=wording.history(case.history, now) if case else [],
            topics=wording.TOPICS,
            may_write=self._may_write,
            may_begin=bool(self.letters.principal.audiences & BEGINNERS),
            may_see_mail=bool(self.letters.principal.audiences & MAIL_READERS),
            pagination=pagination(case, here) if case else None,
        )

    @property
    def _may_write(self) -> bool:
        return bool(self.letters.principal.audiences & WRITERS)

    async def _writing(self, body: str, writing: Writing | None) -> Writing:
        """What was sent, with the files on its draft; else what this agent left here."""
        found = None
        if self._may_write:
            path = f"/threads/{self.thread_id}/draft"
            found = await or_none(self.letters.maybe(path, Draft))
        if writing is not None:
            if found is None or found.draft_id != writing.message_id:
                return writing
            return replace(writing, attachments=found.attachments)
        if found is None:
            return Writing(new_id(), body)
        return Writing(found.draft_id, body or found.body, found.attachments)


async def colleagues_of(runtime: Runtime) -> list[Choice]:
    async with runtime.database.reading() as connection:
        found = [
            *await colleagues(connection, "secretariat"),
            *await colleagues(connection, "cash_office"),
        ]
    return [Choice(str(one.staff_id), one.name) for one in dict.fromkeys(found)]


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
