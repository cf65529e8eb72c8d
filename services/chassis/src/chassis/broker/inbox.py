"""The inbox: an event is handled once, however often it arrives."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, bindparam, delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import inbox

KEEP = timedelta(days=100)
"""Longer than the public log keeps events, so that a full replay still finds its doubles."""

# One parameter whatever the size of the batch: the statement is prepared once.
_NOTE = text(
    "INSERT INTO inbox (event_id, received_at) SELECT id, :at FROM unnest(:ids) AS id"
    " ON CONFLICT DO NOTHING RETURNING event_id"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("at", type_=DateTime(timezone=True)))


async def first_seen(
    connection: AsyncConnection, event_ids: Sequence[UUID], at: datetime
) -> set[UUID]:
    """Note the events as received; returns those that were not yet, in this transaction."""
    if not event_ids:
        return set()
    found = await connection.execute(_NOTE, {"ids": list(event_ids), "at": at})
    return set(found.scalars())


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    await connection.execute(delete(inbox).where(inbox.c.received_at < now - KEEP))
