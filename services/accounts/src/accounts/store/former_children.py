"""Children who left a file: kept in its rows, read by staff who may bring them back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import children


@dataclass(frozen=True)
class FormerChild:
    """As the file's page shows them."""

    child_id: UUID
    version: int
    given_name: str
    family_name: str
    born_on: date
    left_at: datetime


async def former_children(connection: AsyncConnection, family_id: UUID) -> list[FormerChild]:
    """Who left last comes first."""
    shown = [children.c[name] for name in FormerChild.__dataclass_fields__]
    query = select(*shown).where(
        children.c.family_id == family_id,
        children.c.left_at.is_not(None),
        children.c.same_as.is_(None),
    )
    rows = await connection.execute(query.order_by(children.c.left_at.desc()))
    return [FormerChild(**row._mapping) for row in rows]


async def former_rows(connection: AsyncConnection, family_id: UUID) -> list[dict[str, Any]]:
    """Everything that their rows say, for the family's copy of its data."""
    query = select(children).where(
        children.c.family_id == family_id, children.c.left_at.is_not(None)
    )
    return [dict(row._mapping) for row in await connection.execute(query)]


async def next_position(connection: AsyncConnection, family_id: UUID) -> int:
    query = select(func.coalesce(func.max(children.c.position) + 1, 0))
    return int(
        (await connection.execute(query.where(children.c.family_id == family_id))).scalar_one()
    )
