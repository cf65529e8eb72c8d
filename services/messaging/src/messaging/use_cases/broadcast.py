"""One message to many families, told to each once, however often the telling is killed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import crash_points
from chassis.database import Database, Transaction
from messaging.domain.broadcasting import Audience, check_count
from messaging.domain.desk import Agent
from messaging.domain.letters import Category
from messaging.domain.notices import Notice
from messaging.domain.threads import About, Topic, usable_body, usable_subject
from messaging.store import broadcasts
from messaging.store.broadcasts import Broadcast, NewBroadcast

from .post_notice import Posting, post_notice

AFTER_ONE = "broadcast-after-one-family"


@dataclass(frozen=True)
class Draft:
    """What is sent to whom."""

    broadcast_id: UUID
    subject: str
    body: str
    audience: Audience


async def start_broadcast(
    transaction: Transaction, draft: Draft, to: Collection[UUID], by: Agent, now: datetime
) -> None:
    """Everyone it is for is written down with it. Twice the same id is one. Raises Unusable."""
    check_count(len(to))
    audience = draft.audience
    new = NewBroadcast(
        broadcast_id=draft.broadcast_id,
        subject=usable_subject(draft.subject),
        body=usable_body(draft.body),
        audience={
            "whom": audience.whom,
            "id": str(audience.id) if audience.id else None,
            "day": audience.day.isoformat() if audience.day else None,
        },
        audience_label=audience.label,
        by_id=by.staff_id,
        by_name=by.name,
    )
    await broadcasts.add_broadcast(transaction.connection, new, set(to), now)


async def tell_next(database: Database, broadcast: Broadcast, now: datetime) -> bool:
    """One family more, in a transaction of its own; False when nobody is left for us."""
    async with database.transaction() as transaction:
        connection = transaction.connection
        family_id = await broadcasts.next_untold(connection, broadcast.broadcast_id)
        if family_id is None:
            await broadcasts.end_if_told(connection, broadcast.broadcast_id, now)
            return False
        await post_notice(transaction, _posting(broadcast, family_id), now)
        await broadcasts.mark_told(connection, broadcast.broadcast_id, family_id, now)
    crash_points.reach(AFTER_ONE)
    return True


def _posting(broadcast: Broadcast, family_id: UUID) -> Posting:
    return Posting(
        family_id=family_id,
        key=f"broadcast:{broadcast.broadcast_id}",
        category=Category.NEWS,
        about=About(Topic.NEWS, broadcast.broadcast_id),
        notice=Notice(broadcast.subject, tuple(broadcast.body.split("\n\n"))),
    )
