"""Replies kept ready, and what the service says of itself when it is away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.domain.desk import Absence

from .tables import canned_replies, out_of_office


@dataclass(frozen=True)
class Reply:
    reply_id: UUID
    label: str
    body: str


async def replies(connection: AsyncConnection) -> Sequence[Reply]:
    """By name; there are never many."""
    rows = await connection.execute(
        select(canned_replies.c.reply_id, canned_replies.c.label, canned_replies.c.body).order_by(
            canned_replies.c.label
        )
    )
    return [Reply(*row) for row in rows]


async def keep_reply(connection: AsyncConnection, reply: Reply, by: str, at: datetime) -> bool:
    """False when another reply has that name."""
    statement = insert(canned_replies).values(**vars(reply), updated_at=at, updated_by=by)
    fresh = statement.excluded
    try:
        async with connection.begin_nested():
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["reply_id"],
                    set_={
                        "label": fresh.label,
                        "body": fresh.body,
                        "updated_at": fresh.updated_at,
                        "updated_by": fresh.updated_by,
                    },
                )
            )
    except IntegrityError:
        return False
    return True


async def drop_reply(connection: AsyncConnection, reply_id: UUID) -> None:
    await connection.execute(delete(canned_replies).where(canned_replies.c.reply_id == reply_id))


async def absence(connection: AsyncConnection) -> Absence | None:
    """Announced for whatever days."""
    row = (
        await connection.execute(
            select(out_of_office.c.words, out_of_office.c.first_day, out_of_office.c.last_day)
        )
    ).one_or_none()
    return None if row is None else Absence(*row)


async def announce_absence(
    connection: AsyncConnection, found: Absence | None, by: str, at: datetime
) -> None:
    """None takes the announcement away."""
    await connection.execute(delete(out_of_office))
    if found is not None:
        row = {**vars(found), "only_row": 1, "updated_at": at, "updated_by": by}
        await connection.execute(insert(out_of_office).values(row))
