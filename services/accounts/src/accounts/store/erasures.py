"""Erasures, and what each service answered."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.rights import Answer, Erasure

from .tables import erasure_answers, erasures


async def erasure_by_id(connection: AsyncConnection, erasure_id: UUID) -> Erasure | None:
    return await _one(connection, erasures.c.erasure_id == erasure_id)


async def erasure_of(connection: AsyncConnection, family_id: UUID) -> Erasure | None:
    return await _one(connection, erasures.c.erased_family_id == family_id)


async def all_erasures(
    connection: AsyncConnection, *, offset: int, limit: int
) -> tuple[Sequence[Erasure], int]:
    """Those not yet carried out first, then the newest; and how many there are."""
    total = await connection.execute(select(func.count()).select_from(erasures))
    rows = await connection.execute(
        select(erasures)
        .order_by(erasures.c.started_at.desc().nulls_first(), erasures.c.asked_at)
        .offset(offset)
        .limit(limit)
    )
    found = [await _with_answers(connection, row) for row in rows.all()]
    return found, int(total.scalar_one())


async def _one(connection: AsyncConnection, condition: ColumnElement[bool]) -> Erasure | None:
    row = (await connection.execute(select(erasures).where(condition))).one_or_none()
    return None if row is None else await _with_answers(connection, row)


async def _with_answers(connection: AsyncConnection, row: Row[Any]) -> Erasure:
    answers = await connection.execute(
        select(erasure_answers)
        .where(erasure_answers.c.erasure_id == row.erasure_id)
        .order_by(erasure_answers.c.answered_at)
    )
    return Erasure(
        erasure_id=row.erasure_id,
        family_id=row.erased_family_id,
        reference=row.reference,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        started_at=row.started_at,
        started_by=row.started_by,
        answers=tuple(Answer(one.service, tuple(one.kept), one.answered_at) for one in answers),
    )
