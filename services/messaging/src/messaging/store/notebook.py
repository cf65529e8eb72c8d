"""What only staff read of a thread: their notes, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.identifiers import new_id
from messaging.domain.desk import Agent, Turn

from .tables import notes, turns


@dataclass(frozen=True)
class Note:
    note_id: UUID
    author_name: str
    body: str
    written_at: datetime


@dataclass(frozen=True)
class Happened:
    kind: str
    detail: str | None
    by_name: str
    at: datetime


async def notes_of(connection: AsyncConnection, thread_id: UUID) -> Sequence[Note]:
    rows = await connection.execute(
        select(notes.c.note_id, notes.c.author_name, notes.c.body, notes.c.written_at)
        .where(notes.c.thread_id == thread_id)
        .order_by(notes.c.written_at, notes.c.note_id)
    )
    return [Note(*row) for row in rows]


async def history_of(connection: AsyncConnection, thread_id: UUID) -> Sequence[Happened]:
    rows = await connection.execute(
        select(turns.c.kind, turns.c.detail, turns.c.by_name, turns.c.at)
        .where(turns.c.thread_id == thread_id)
        .order_by(turns.c.at, turns.c.turn_id)
    )
    return [Happened(*row) for row in rows]


async def add_note(
    connection: AsyncConnection,
    thread_id: UUID,
    note_id: UUID,
    agent: Agent,
    body: str,
    at: datetime,
) -> None:
    row = {
        "note_id": note_id,
        "thread_id": thread_id,
        "author_id": agent.staff_id,
        "author_name": agent.name,
        "body": body,
        "written_at": at,
    }
    await connection.execute(upsert(notes).values(row).on_conflict_do_nothing())


async def note_turn(
    connection: AsyncConnection,
    thread_id: UUID,
    kind: Turn,
    agent: Agent,
    at: datetime,
    detail: str | None = None,
) -> None:
    row = {
        "turn_id": new_id(),
        "thread_id": thread_id,
        "kind": kind,
        "detail": detail,
        "by_id": agent.staff_id,
        "by_name": agent.name,
        "at": at,
    }
    await connection.execute(insert(turns).values(row))
