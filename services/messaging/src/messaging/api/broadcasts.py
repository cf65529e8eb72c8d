"""Messages to many families: who would be reached, sending, how far it has come."""

from uuid import UUID

from fastapi import APIRouter

from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf
from messaging.domain.broadcasting import check_audience
from messaging.recipients import Recipients
from messaging.store import broadcasts as store
from messaging.use_cases.broadcast import Draft, start_broadcast

from .desk_schemas import AudienceIn, BroadcastIn, Broadcasts, BroadcastView, Preview
from .reading import AgentOf
from .schemas import PageNumber

router = APIRouter(prefix="/v1/staff/broadcasts")

SENDERS = allow(Audience.SECRETARIAT)
READERS = allow(Audience.SECRETARIAT, Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR)
SOME = 10


class UnknownBroadcast(LookupError):
    """There is none of that id."""


@router.post("/preview", dependencies=[SENDERS])
async def preview(body: AudienceIn, runtime: RuntimeOf) -> Preview:
    """Nothing is sent."""
    audience = body.audience()
    check_audience(audience)
    found = await Recipients(runtime.peers, runtime.database).of(audience)
    async with runtime.database.reading() as connection:
        some = await store.names_of(connection, sorted(found)[:SOME])
    return Preview(label=audience.label, count=len(found), some=list(some))


@router.post("", status_code=201, dependencies=[SENDERS])
async def send(body: BroadcastIn, agent: AgentOf, runtime: RuntimeOf) -> BroadcastView:
    """Whoever it is for is decided now; they are told one after the other in the background."""
    audience = body.audience.audience()
    check_audience(audience)
    async with runtime.database.reading() as connection:
        found = await store.find_broadcast(connection, body.broadcast_id)
    if found is None:
        to = await Recipients(runtime.peers, runtime.database).of(audience)
        draft = Draft(body.broadcast_id, body.subject, body.body, audience)
        async with runtime.database.transaction() as transaction:
            await start_broadcast(transaction, draft, to, agent, runtime.clock.now())
    return await broadcast(body.broadcast_id, runtime)


@router.get("", dependencies=[READERS])
async def broadcasts(runtime: RuntimeOf, page: PageNumber = 1) -> Broadcasts:
    async with runtime.database.reading() as connection:
        found, total = await store.page_of_broadcasts(connection, page)
    return Broadcasts.of(found, page, total)


@router.get("/{broadcast_id}", dependencies=[READERS])
async def broadcast(broadcast_id: UUID, runtime: RuntimeOf) -> BroadcastView:
    async with runtime.database.reading() as connection:
        found = await store.find_broadcast(connection, broadcast_id)
    if found is None:
        raise UnknownBroadcast("Cet envoi n’existe pas.")
    return BroadcastView.model_validate(found)
