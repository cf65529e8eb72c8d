"""Reasons at hand: words that a refusal may use again."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import refusal_reasons

MOST = 50
"""More would not be a help when refusing."""


@dataclass(frozen=True)
class RefusalReason:
    """`label` is what agents choose from, `words` is what the family reads."""

    reason_id: UUID
    label: str
    words: str


async def all_refusal_reasons(connection: AsyncConnection) -> list[RefusalReason]:
    """In the order in which they were added."""
    table = refusal_reasons
    rows = await connection.execute(select(table).order_by(table.c.position, table.c.label))
    return [_reason(row) for row in rows]


async def find_refusal_reason(connection: AsyncConnection, reason_id: UUID) -> RefusalReason | None:
    statement = select(refusal_reasons).where(refusal_reasons.c.reason_id == reason_id)
    row = (await connection.execute(statement)).first()
    return _reason(row) if row else None


async def keep_refusal_reason(connection: AsyncConnection, reason: RefusalReason) -> bool:
    """Added, or changed when it is known; False when another one has this label."""
    last = select(func.coalesce(func.max(refusal_reasons.c.position), 0) + 1).scalar_subquery()
    statement = insert(refusal_reasons).values(**vars(reason), position=last)
    try:
        async with connection.begin_nested():
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[refusal_reasons.c.reason_id],
                    set_={"label": reason.label, "words": reason.words},
                )
            )
    except IntegrityError:
        return False
    return True


async def remove_refusal_reason(connection: AsyncConnection, reason_id: UUID) -> None:
    """Refusals that used it keep their words: they were copied."""
    await connection.execute(
        delete(refusal_reasons).where(refusal_reasons.c.reason_id == reason_id)
    )


def _reason(row: Any) -> RefusalReason:
    return RefusalReason(row.reason_id, row.label, row.words)
