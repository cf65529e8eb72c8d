"""The signed-in family's conversations with the authority."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.clock import local_date
from chassis.runtime import RuntimeOf
from messaging.domain.threads import Topic, Words
from messaging.store import files, messages, ready
from messaging.store import threads as store
from messaging.use_cases.archive_thread import archive_thread, take_out_thread
from messaging.use_cases.mark_thread import UnknownThread, keep_thread_unread, read_thread
from messaging.use_cases.write_to_authority import Beginning, answer_in_thread, begin_thread

from .reading import Family, ForFamily, ReaderOf, author_of
from .schemas import AnswerIn, BeginningIn, PageNumber, Posted, ThreadMessages, Threads

router = APIRouter(prefix="/v1/me/threads", dependencies=[ForFamily])

Search = Annotated[str, Query(alias="q", max_length=200)]


@router.get("")
async def threads(
    reader: ReaderOf,
    runtime: RuntimeOf,
    archived: bool = False,
    unread: bool = False,
    topic: Topic | None = None,
    search: Search = "",
    page: PageNumber = 1,
) -> Threads:
    """Searching ignores accents and case, and each word may be only a beginning."""
    wanted = store.Wanted(archived, unread, topic, search, page)
    async with runtime.database.reading() as connection:
        found, total = await store.page_of_threads(connection, reader, wanted)
    return Threads.of(found, page, total)


@router.post("", status_code=201)
async def begin(
    body: BeginningIn, principal: Family, reader: ReaderOf, runtime: RuntimeOf
) -> Posted:
    beginning = Beginning(
        body.thread_id, body.subject, body.about.about(), body.of_centre(), body.only_me
    )
    words = Words(body.message_id, body.body, runtime.clock.now())
    async with runtime.database.transaction() as transaction:
        await begin_thread(transaction, reader, author_of(principal), beginning, words)
    return Posted(thread_id=body.thread_id, message_id=body.message_id)


@router.get("/{thread_id}")
async def thread(
    thread_id: UUID, reader: ReaderOf, runtime: RuntimeOf, page: PageNumber = 1
) -> ThreadMessages:
    async with runtime.database.reading() as connection:
        found = await store.find_thread(connection, reader, thread_id)
        if found is None:
            raise UnknownThread("Cette conversation n’existe pas.")
        said = await messages.page_of_thread(connection, reader, thread_id, page)
        ids = [one.message_id for one in said[0]]
        hanging = await files.files_of_messages(connection, ids)
        absence = await ready.absence(connection)
    today = local_date(runtime.clock.now())
    notice = absence.words if absence and absence.on(today) else None
    return ThreadMessages.page_of(found, said, hanging, page, notice)


@router.post("/{thread_id}/messages", status_code=201)
async def answer(
    thread_id: UUID, body: AnswerIn, principal: Family, reader: ReaderOf, runtime: RuntimeOf
) -> Posted:
    words = Words(body.message_id, body.body, runtime.clock.now())
    async with runtime.database.transaction() as transaction:
        await answer_in_thread(transaction, reader, author_of(principal), thread_id, words)
    return Posted(thread_id=thread_id, message_id=body.message_id)


@router.post("/{thread_id}/read", status_code=204)
async def read(thread_id: UUID, reader: ReaderOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await read_thread(transaction, reader, thread_id, runtime.clock.now())


@router.post("/{thread_id}/unread", status_code=204)
async def unread(thread_id: UUID, reader: ReaderOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await keep_thread_unread(transaction, reader, thread_id, runtime.clock.now())


@router.post("/{thread_id}/archive", status_code=204)
async def archive(thread_id: UUID, reader: ReaderOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await archive_thread(transaction, reader, thread_id, runtime.clock.now())


@router.post("/{thread_id}/unarchive", status_code=204)
async def unarchive(thread_id: UUID, reader: ReaderOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await take_out_thread(transaction, reader, thread_id)
