"""Attempts to pay online."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import online_attempts


@dataclass(frozen=True)
class Attempt:
    """A family was sent to pay."""

    attempt_id: UUID
    id_op: str
    family_id: UUID
    invoice_id: UUID
    amount_cents: int
    state: str
    payment_id: UUID | None
    begun_at: datetime


async def add_attempt(connection: AsyncConnection, attempt: Attempt) -> None:
    await connection.execute(insert(online_attempts).values(**vars(attempt)))


async def find_attempt(connection: AsyncConnection, id_op: str) -> Attempt | None:
    chosen = select(online_attempts).where(online_attempts.c.id_op == id_op)
    return _attempt((await connection.execute(chosen)).one_or_none())


async def newest_attempt(connection: AsyncConnection, invoice_id: UUID) -> Attempt | None:
    chosen = (
        select(online_attempts)
        .where(online_attempts.c.invoice_id == invoice_id)
        .order_by(online_attempts.c.begun_at.desc(), online_attempts.c.id_op.desc())
        .limit(1)
    )
    return _attempt((await connection.execute(chosen)).one_or_none())


async def lock_attempt(connection: AsyncConnection, id_op: str) -> Attempt | None:
    chosen = select(online_attempts).where(online_attempts.c.id_op == id_op).with_for_update()
    return _attempt((await connection.execute(chosen)).one_or_none())


def _attempt(row: Any) -> Attempt | None:
    return None if row is None else Attempt(**row._mapping)


async def conclude(connection: AsyncConnection, attempt_id: UUID, **values: Any) -> None:
    await connection.execute(
        update(online_attempts).where(online_attempts.c.attempt_id == attempt_id).values(**values)
    )
