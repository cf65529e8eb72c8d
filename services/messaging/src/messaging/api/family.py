"""The signed-in family's notices, one by one, and what the navigation counts."""

from uuid import UUID

from fastapi import APIRouter

from chassis.runtime import Runtime, RuntimeOf
from messaging.domain.threads import Reader
from messaging.store import messages as store
from messaging.use_cases.mark_message import UnknownMessage, mark_message

from .reading import ForFamily, ReaderOf
from .schemas import Counts, Messages, MessageView, PageNumber

router = APIRouter(prefix="/v1/me", dependencies=[ForFamily])


@router.get("/messages")
async def messages(reader: ReaderOf, runtime: RuntimeOf, page: PageNumber = 1) -> Messages:
    async with runtime.database.reading() as connection:
        found, total = await store.page_of_messages(connection, reader, page)
    return Messages.of(found, page, total)


@router.get("/messages/{message_id}")
async def message(message_id: UUID, reader: ReaderOf, runtime: RuntimeOf) -> MessageView:
    async with runtime.database.reading() as connection:
        found = await store.find_message(connection, reader, message_id)
    if found is None:
        raise UnknownMessage("Ce message n’existe pas.")
    return MessageView.of(found)


@router.post("/messages/{message_id}/read", status_code=204)
async def read(message_id: UUID, reader: ReaderOf, runtime: RuntimeOf) -> None:
    await _mark(runtime, reader, message_id, read=True)


@router.post("/messages/{message_id}/unread", status_code=204)
async def unread(message_id: UUID, reader: ReaderOf, runtime: RuntimeOf) -> None:
    await _mark(runtime, reader, message_id, read=False)


@router.get("/counts")
async def counts(reader: ReaderOf, runtime: RuntimeOf) -> Counts:
    async with runtime.database.asking() as connection:
        return Counts(unread=await store.unread_count(connection, reader))


async def _mark(runtime: Runtime, reader: Reader, message_id: UUID, *, read: bool) -> None:
    async with runtime.database.transaction() as transaction:
        await mark_message(transaction, reader, message_id, read=read, now=runtime.clock.now())
