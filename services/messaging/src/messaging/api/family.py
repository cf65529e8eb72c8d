"""The signed-in family's inbox."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf
from messaging.store import inbox
from messaging.use_cases.mark_message import UnknownMessage, mark_message

from .schemas import Counts, Messages, MessageView, PageNumber

router = APIRouter(prefix="/v1/me")

Family = Annotated[Principal, allow(Audience.FAMILY)]


@router.get("/messages")
async def messages(principal: Family, runtime: RuntimeOf, page: PageNumber = 1) -> Messages:
    async with runtime.database.reading() as connection:
        found, total = await inbox.page_of_messages(connection, principal.own_family, page)
    return Messages.of(found, page, total)


@router.get("/messages/{message_id}")
async def message(message_id: UUID, principal: Family, runtime: RuntimeOf) -> MessageView:
    async with runtime.database.reading() as connection:
        found = await inbox.find_message(connection, principal.own_family, message_id)
    if found is None:
        raise UnknownMessage("Ce message n’existe pas.")
    return MessageView.of(found)


@router.post("/messages/{message_id}/read", status_code=204)
async def read(message_id: UUID, principal: Family, runtime: RuntimeOf) -> None:
    await _mark(runtime, principal, message_id, read=True)


@router.post("/messages/{message_id}/unread", status_code=204)
async def unread(message_id: UUID, principal: Family, runtime: RuntimeOf) -> None:
    await _mark(runtime, principal, message_id, read=False)


@router.get("/counts")
async def counts(principal: Family, runtime: RuntimeOf) -> Counts:
    async with runtime.database.reading() as connection:
        return Counts(unread=await inbox.unread_count(connection, principal.own_family))


async def _mark(runtime: Runtime, principal: Principal, message_id: UUID, *, read: bool) -> None:
    async with runtime.database.transaction() as transaction:
        await mark_message(
            transaction, principal.own_family, message_id, read=read, now=runtime.clock.now()
        )
