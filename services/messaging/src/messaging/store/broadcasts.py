"""Messages to many families: who is still to be told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import broadcast_recipients as recipients
from .tables import broadcasts, families

PAGE = 20


@dataclass(frozen=True)
class Broadcast:
    """One message to many, with how far it has come."""

    broadcast_id: UUID
    subject: str
    body: str
    audience_label: str
    by_name: str
    total: int
    created_at: datetime
    ended_at: datetime | None
    told: int


@dataclass(frozen=True)
class NewBroadcast:
    broadcast_id: UUID
    subject: str
    body: str
    audience: Mapping[str, Any]
    audience_label: str
    by_id: UUID
    by_name: str


async def add_broadcast(
    connection: AsyncConnection, new: NewBroadcast, to: Collection[UUID], at: datetime
) -> bool:
    """With everyone it is for. False when it is there already."""
    row = {**vars(new), "total": len(to), "created_at": at}
    added = insert(broadcasts).values(row).on_conflict_do_nothing()
    first = await connection.execute(added.returning(broadcasts.c.broadcast_id))
    if first.scalar_one_or_none() is None:
        return False
    rows = [{"broadcast_id": new.broadcast_id, "family_id": one} for one in sorted(to)]
    await connection.execute(insert(recipients), rows)
    return True


async def known_families(connection: AsyncConnection) -> Sequence[UUID]:
    return (await connection.execute(select(families.c.family_id))).scalars().all()


async def names_of(connection: AsyncConnection, some: Sequence[UUID]) -> Sequence[str]:
    """A few of them, to see whom one writes to."""
    rows = await connection.execute(
        select(families.c.name).where(families.c.family_id.in_(some)).order_by(families.c.name)
    )
    return rows.scalars().all()


def _told() -> ColumnElement[int]:
    return (
        select(func.count())
        .where(
            recipients.c.broadcast_id == broadcasts.c.broadcast_id,
            recipients.c.told_at.is_not(None),
        )
        .scalar_subquery()
    )


_COLUMNS = (
    broadcasts.c.broadcast_id,
    broadcasts.c.subject,
    broadcasts.c.body,
    broadcasts.c.audience_label,
    broadcasts.c.by_name,
    broadcasts.c.total,
    broadcasts.c.created_at,
    broadcasts.c.ended_at,
)


async def find_broadcast(connection: AsyncConnection, broadcast_id: UUID) -> Broadcast | None:
    chosen = select(*_COLUMNS, _told()).where(broadcasts.c.broadcast_id == broadcast_id)
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else Broadcast(*row)


async def page_of_broadcasts(
    connection: AsyncConnection, page: int
) -> tuple[Sequence[Broadcast], int]:
    total = int(
        (await connection.execute(select(func.count()).select_from(broadcasts))).scalar_one()
    )
    rows = await connection.execute(
        select(*_COLUMNS, _told())
        .order_by(broadcasts.c.created_at.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [Broadcast(*row) for row in rows], total


async def oldest_unfinished(connection: AsyncConnection) -> Broadcast | None:
    chosen = (
        select(*_COLUMNS, _told())
        .where(broadcasts.c.ended_at.is_(None))
        .order_by(broadcasts.c.created_at)
        .limit(1)
    )
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else Broadcast(*row)


async def next_untold(connection: AsyncConnection, broadcast_id: UUID) -> UUID | None:
    """Locked until the transaction ends; one that another sender holds is passed over."""
    chosen = (
        select(recipients.c.family_id)
        .where(recipients.c.broadcast_id == broadcast_id, recipients.c.told_at.is_(None))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await connection.execute(chosen)).scalar_one_or_none()


async def mark_told(
    connection: AsyncConnection, broadcast_id: UUID, family_id: UUID, at: datetime
) -> None:
    await connection.execute(
        update(recipients)
        .where(recipients.c.broadcast_id == broadcast_id, recipients.c.family_id == family_id)
        .values(told_at=at)
    )


async def end_if_told(connection: AsyncConnection, broadcast_id: UUID, at: datetime) -> bool:
    """Whether everybody is told; another sender may still hold the last."""
    waiting = (
        select(recipients.c.family_id)
        .where(recipients.c.broadcast_id == broadcast_id, recipients.c.told_at.is_(None))
        .exists()
    )
    ended = (
        update(broadcasts)
        .where(broadcasts.c.broadcast_id == broadcast_id, ~waiting)
        .values(ended_at=at)
        .returning(broadcasts.c.broadcast_id)
    )
    return (await connection.execute(ended)).scalar_one_or_none() is not None
