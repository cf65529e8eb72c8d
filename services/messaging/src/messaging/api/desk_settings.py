"""Replies kept ready, the service's absence, and the log of e-mails."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.runtime import RuntimeOf
from messaging.domain.desk import FIELDS, fill
from messaging.domain.french import day_long
from messaging.store import deliveries, desk, ready
from messaging.use_cases import keep_ready
from messaging.use_cases.mark_thread import UnknownThread

from .desk import READERS
from .desk_schemas import (
    AbsenceView,
    CannedIn,
    CannedReplies,
    CannedView,
    Deliveries,
    FilledReply,
)
from .reading import AgentOf, ScopeOf
from .schemas import PageNumber

router = APIRouter(prefix="/v1/staff")

EDITORS = allow(Audience.SECRETARIAT, Audience.ADMIN)


@router.get("/canned-replies", dependencies=[READERS])
async def canned_replies(runtime: RuntimeOf) -> CannedReplies:
    async with runtime.database.reading() as connection:
        found = await ready.replies(connection)
    items = [CannedView.model_validate(one) for one in found]
    return CannedReplies(items=items, fields=dict(FIELDS))


@router.put("/canned-replies/{reply_id}", status_code=204, dependencies=[EDITORS])
async def keep(reply_id: UUID, body: CannedIn, agent: AgentOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await keep_ready.keep_reply(
            transaction, reply_id, body.label, body.body, agent, runtime.clock.now()
        )


@router.delete("/canned-replies/{reply_id}", status_code=204, dependencies=[EDITORS])
async def drop(reply_id: UUID, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await keep_ready.drop_reply(transaction, reply_id)


@router.get("/threads/{thread_id}/canned-replies/{reply_id}", dependencies=[READERS])
async def filled(
    thread_id: UUID, reply_id: UUID, agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf
) -> FilledReply:
    """With its fields filled from this thread; what is not known stays to be completed."""
    async with runtime.database.reading() as connection:
        case = await desk.find_case(connection, thread_id, scope)
        replies = {one.reply_id: one for one in await ready.replies(connection)}
    if case is None or reply_id not in replies:
        raise UnknownThread("Cette conversation ou cette réponse n’existe pas.")
    facts = {
        "famille": case.family_name or case.visitor_name or "",
        "agent": agent.name,
        "service": runtime.shared.authority.service_name,
        "date": day_long(local_date(runtime.clock.now())),
        "objet": case.thread.subject,
    }
    return FilledReply(body=fill(replies[reply_id].body, facts))


@router.get("/absence", dependencies=[READERS])
async def absence(runtime: RuntimeOf) -> AbsenceView | None:
    async with runtime.database.reading() as connection:
        found = await ready.absence(connection)
    return AbsenceView.model_validate(found) if found else None


@router.put("/absence", status_code=204, dependencies=[EDITORS])
async def announce(body: AbsenceView, agent: AgentOf, runtime: RuntimeOf) -> None:
    """Without words the announcement is taken away."""
    async with runtime.database.transaction() as transaction:
        await keep_ready.announce_absence(
            transaction,
            body.words,
            (body.first_day, body.last_day),
            agent,
            runtime.clock.now(),
        )


@router.get("/deliveries", dependencies=[EDITORS])
async def deliveries_log(
    runtime: RuntimeOf,
    family_id: Annotated[UUID | None, Query()] = None,
    page: PageNumber = 1,
) -> Deliveries:
    """Of one family, all that was sent; of no family, what could not be delivered."""
    async with runtime.database.reading() as connection:
        if family_id is not None:
            found = await deliveries.log_of_family(connection, family_id, page)
        else:
            found = await deliveries.log_of_failures(connection, page)
    return Deliveries.of(found[0], page, found[1])
