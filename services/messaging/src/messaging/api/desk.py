"""The staff's side of threads: the queue, answers, notes, following, passing on, closing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf
from messaging.domain.desk import Pile
from messaging.domain.threads import Centre, Topic, Words
from messaging.store import desk, files, notebook
from messaging.use_cases import handle_thread
from messaging.use_cases.mark_thread import UnknownThread
from messaging.use_cases.write_to_family import Opening, answer_family, begin_with_family

from .desk_schemas import (
    AssignIn,
    CaseDetail,
    Cases,
    NoteIn,
    OpeningIn,
    PileCounts,
    ReplyIn,
    TransferIn,
)
from .reading import AgentOf, ScopeOf
from .schemas import PageNumber, Posted
from .uploading import UnknownFile, download

router = APIRouter(prefix="/v1/staff")

READERS = allow(
    Audience.SECRETARIAT,
    Audience.CENTRE,
    Audience.CASH_OFFICE,
    Audience.ADMIN,
    Audience.AUDITOR,
)
WRITERS = allow(Audience.SECRETARIAT, Audience.CENTRE, Audience.CASH_OFFICE)
EVERYWHERE = allow(Audience.SECRETARIAT, Audience.CASH_OFFICE)
"""Who may begin a thread with any family."""

Search = Annotated[str, Query(alias="q", max_length=200)]


@router.get("/threads", dependencies=[READERS])
async def queue(
    agent: AgentOf,
    scope: ScopeOf,
    runtime: RuntimeOf,
    pile: Pile = Pile.WAITING,
    topic: Topic | None = None,
    centre_id: UUID | None = None,
    family_id: UUID | None = None,
    search: Search = "",
    page: PageNumber = 1,
) -> Cases:
    sought = desk.Sought(scope, agent.staff_id, pile, topic, centre_id, family_id, search, page)
    async with runtime.database.reading() as connection:
        found, total = await desk.page_of_cases(connection, sought)
        counts = await desk.count_piles(connection, scope, agent.staff_id)
    return Cases.of(found, counts, page, total)


@router.get("/threads/counts", dependencies=[READERS])
async def counts(agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf) -> PileCounts:
    async with runtime.database.reading() as connection:
        found = await desk.count_piles(connection, scope, agent.staff_id)
    return PileCounts.of(found)


@router.get("/threads/{thread_id}", dependencies=[READERS])
async def thread(
    thread_id: UUID, scope: ScopeOf, runtime: RuntimeOf, page: PageNumber = 1
) -> CaseDetail:
    async with runtime.database.reading() as connection:
        case = await desk.find_case(connection, thread_id, scope)
        if case is None:
            raise UnknownThread("Cette conversation n’existe pas.")
        heard = await desk.heard_in(connection, thread_id, page)
        hanging = await files.files_of_messages(connection, [one.message_id for one in heard[0]])
        notes = await notebook.notes_of(connection, thread_id)
        history = await notebook.history_of(connection, thread_id)
    return CaseDetail.of(case, heard, hanging, (notes, history), page)


@router.post("/threads", status_code=201, dependencies=[EVERYWHERE])
async def begin(body: OpeningIn, agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf) -> Posted:
    if body.topic not in scope.topics:
        raise UnknownThread("Ce sujet n’est pas le vôtre.")
    opening = Opening(body.thread_id, body.family_id, body.subject, body.topic, body.guardian_id)
    words = Words(body.message_id, body.body, runtime.clock.now())
    async with runtime.database.transaction() as transaction:
        await begin_with_family(transaction, opening, agent, words)
    return Posted(thread_id=body.thread_id, message_id=body.message_id)


@router.post("/threads/{thread_id}/messages", status_code=201, dependencies=[WRITERS])
async def answer(
    thread_id: UUID, body: ReplyIn, agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf
) -> Posted:
    words = Words(body.message_id, body.body, runtime.clock.now())
    async with runtime.database.transaction() as transaction:
        await answer_family(transaction, thread_id, scope, agent, words)
        if body.close:
            await handle_thread.close_thread(transaction, thread_id, scope, agent, words.posted_at)
    return Posted(thread_id=thread_id, message_id=body.message_id)


@router.post("/threads/{thread_id}/seen", status_code=204, dependencies=[WRITERS])
async def see(thread_id: UUID, scope: ScopeOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await handle_thread.see_thread(transaction, thread_id, scope, runtime.clock.now())


@router.post("/threads/{thread_id}/notes", status_code=204, dependencies=[WRITERS])
async def note(
    thread_id: UUID, body: NoteIn, agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf
) -> None:
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        await handle_thread.write_note(
            transaction, thread_id, scope, body.note_id, agent, body.body, now
        )


@router.post("/threads/{thread_id}/assign", status_code=204, dependencies=[WRITERS])
async def assign(
    thread_id: UUID, body: AssignIn, agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf
) -> None:
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        await handle_thread.assign_thread(transaction, thread_id, scope, body.agent(), agent, now)


@router.post("/threads/{thread_id}/transfer", status_code=204, dependencies=[WRITERS])
async def transfer(
    thread_id: UUID, body: TransferIn, agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf
) -> None:
    centre = Centre(body.centre.centre_id, body.centre.name) if body.centre else None
    async with runtime.database.transaction() as transaction:
        await handle_thread.transfer_thread(
            transaction, thread_id, scope, centre, body.topic, agent, runtime.clock.now()
        )


@router.post("/threads/{thread_id}/close", status_code=204, dependencies=[WRITERS])
async def close(thread_id: UUID, agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await handle_thread.close_thread(transaction, thread_id, scope, agent, runtime.clock.now())


@router.post("/threads/{thread_id}/reopen", status_code=204, dependencies=[WRITERS])
async def reopen(thread_id: UUID, agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await handle_thread.reopen_thread(transaction, thread_id, scope, agent, runtime.clock.now())


@router.get("/attachments/{attachment_id}", dependencies=[READERS], response_class=Response)
async def attachment(
    attachment_id: UUID, agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf
) -> Response:
    async with runtime.database.reading() as connection:
        found = await files.file_for_staff(connection, agent.staff_id, attachment_id, scope)
    if found is None:
        raise UnknownFile("Ce fichier n’existe pas.")
    return download(found)
