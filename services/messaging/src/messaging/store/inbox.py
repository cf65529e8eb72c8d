"""The inbox: messages, the threads they stand in, and what was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.identifiers import new_id

from .tables import messages, reads, requests, threads

PAGE = 20


@dataclass(frozen=True)
class About:
    """What a thread is about."""

    kind: str
    request_id: UUID
    number: str


@dataclass(frozen=True)
class Message:
    """One message as the family sees it."""

    message_id: UUID
    subject: str
    body: str
    posted_at: datetime
    read: bool
    about: About


@dataclass(frozen=True)
class NewMessage:
    """A message of the authority that tells a decision."""

    message_id: UUID
    family_id: UUID
    subject: str
    body: str
    request_id: UUID
    outcome: str
    posted_at: datetime


async def lock_family(connection: AsyncConnection, family_id: UUID) -> None:
    """One writer at a time per family, so that its counts are told in the order they were true.

    The same lock as the one under which live events are numbered.
    """
    key = func.hashtextextended(str(family_id), 0)
    await connection.execute(select(func.pg_advisory_xact_lock(key)))


async def is_newer(
    connection: AsyncConnection, request_id: UUID, family_id: UUID, version: int
) -> bool:
    """Note a request's version; False when as new a fact about it was already heard."""
    statement = insert(requests).values(request_id=request_id, family_id=family_id, version=version)
    newer = statement.on_conflict_do_update(
        index_elements=[requests.c.request_id],
        set_={"version": statement.excluded.version},
        where=requests.c.version < statement.excluded.version,
    ).returning(requests.c.request_id)
    return (await connection.execute(newer)).scalar_one_or_none() is not None


async def thread_about(
    connection: AsyncConnection, family_id: UUID, about: About, at: datetime
) -> UUID:
    """The thread of a request, made at its first message."""
    statement = insert(threads).values(
        thread_id=new_id(),
        family_id=family_id,
        about_kind=about.kind,
        about_id=about.request_id,
        about_number=about.number,
        created_at=at,
    )
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["about_id"]))
    chosen = select(threads.c.thread_id).where(threads.c.about_id == about.request_id)
    thread_id: UUID = (await connection.execute(chosen)).scalar_one()
    return thread_id


async def add_decision(connection: AsyncConnection, thread_id: UUID, message: NewMessage) -> bool:
    """False when this decision was already told."""
    statement = insert(messages).values(
        message_id=message.message_id,
        thread_id=thread_id,
        family_id=message.family_id,
        direction="to_family",
        subject=message.subject,
        body=message.body,
        posted_at=message.posted_at,
        decided_request_id=message.request_id,
        decided_outcome=message.outcome,
    )
    added = statement.on_conflict_do_nothing(
        index_elements=["decided_request_id", "decided_outcome"]
    ).returning(messages.c.message_id)
    return (await connection.execute(added)).scalar_one_or_none() is not None


def _seen() -> Select[tuple[Message]]:
    is_read = exists().where(reads.c.message_id == messages.c.message_id)
    return select(
        messages.c.message_id,
        messages.c.subject,
        messages.c.body,
        messages.c.posted_at,
        is_read.label("read"),
        threads.c.about_kind,
        threads.c.about_id,
        threads.c.about_number,
    ).join(threads, threads.c.thread_id == messages.c.thread_id)


def _message(row: Row[tuple[Message]]) -> Message:
    return Message(
        message_id=row.message_id,
        subject=row.subject,
        body=row.body,
        posted_at=row.posted_at,
        read=row.read,
        about=About(row.about_kind, row.about_id, row.about_number),
    )


async def page_of_messages(
    connection: AsyncConnection, family_id: UUID, page: int
) -> tuple[Sequence[Message], int]:
    """A family's messages, newest first, with how many there are."""
    own = messages.c.family_id == family_id
    total = (await connection.execute(select(func.count()).where(own))).scalar_one()
    chosen = (
        _seen()
        .where(own)
        .order_by(messages.c.posted_at.desc(), messages.c.message_id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [_message(row) for row in await connection.execute(chosen)], total


async def find_message(
    connection: AsyncConnection, family_id: UUID, message_id: UUID
) -> Message | None:
    """None for another family's message, as for one that does not exist."""
    chosen = _seen().where(
        (messages.c.message_id == message_id) & (messages.c.family_id == family_id)
    )
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else _message(row)


async def set_read(
    connection: AsyncConnection, family_id: UUID, message_id: UUID, at: datetime
) -> bool:
    """Whether that changed anything."""
    statement = insert(reads).values(message_id=message_id, family_id=family_id, read_at=at)
    added = statement.on_conflict_do_nothing().returning(reads.c.message_id)
    return (await connection.execute(added)).scalar_one_or_none() is not None


async def set_unread(connection: AsyncConnection, family_id: UUID, message_id: UUID) -> bool:
    """Whether that changed anything."""
    own = (reads.c.message_id == message_id) & (reads.c.family_id == family_id)
    removed = delete(reads).where(own).returning(reads.c.message_id)
    return (await connection.execute(removed)).scalar_one_or_none() is not None


async def unread_count(connection: AsyncConnection, family_id: UUID) -> int:
    unread = ~exists().where(reads.c.message_id == messages.c.message_id)
    chosen = select(func.count()).where(
        (messages.c.family_id == family_id) & (messages.c.direction == "to_family") & unread
    )
    return int((await connection.execute(chosen)).scalar_one())
