"""Messages: added once, found, read or not yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.domain.folding import fold
from messaging.domain.threads import About, Reader

from .tables import messages, readers, reads, threads

PAGE = 20
TO_FAMILY, TO_AUTHORITY = "to_family", "to_authority"


@dataclass(frozen=True)
class Message:
    """One message as a reader sees it."""

    message_id: UUID
    thread_id: UUID
    direction: str
    author_name: str | None
    subject: str
    body: str
    posted_at: datetime
    read: bool
    seen_by_authority_at: datetime | None
    about: About


@dataclass(frozen=True)
class NewMessage:
    """A message to add; `key` is what makes a notice the only one of its kind."""

    message_id: UUID
    thread_id: UUID
    family_id: UUID | None
    direction: str
    subject: str
    body: str
    posted_at: datetime
    key: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    guardian_id: UUID | None = None


async def add_message(connection: AsyncConnection, message: NewMessage) -> bool:
    """False when it was already there, by its id or by its key. The thread comes to the top."""
    folded = fold(f"{message.subject} {message.body}")
    statement = insert(messages).values(**vars(message), search=func.to_tsvector("simple", folded))
    added = statement.on_conflict_do_nothing().returning(messages.c.message_id)
    if (await connection.execute(added)).scalar_one_or_none() is None:
        return False
    await connection.execute(
        threads.update()
        .where(threads.c.thread_id == message.thread_id)
        .values(last_posted_at=func.greatest(threads.c.last_posted_at, message.posted_at))
    )
    return True


def visible_to(reader: Reader) -> ColumnElement[bool]:
    """The threads of this reader, on a query that has `threads` in it."""
    for_all = threads.c.guardian_id.is_(None)
    own = threads.c.family_id == reader.family_id
    if reader.guardian_id is None:
        return and_(own, for_all)
    return and_(own, or_(for_all, threads.c.guardian_id == reader.guardian_id))


def is_unread_by(reader: Reader) -> ColumnElement[bool]:
    """On a query that has `messages` in it."""
    was_read = exists().where(
        reads.c.message_id == messages.c.message_id, reads.c.reader_id == reader.reader_id
    )
    return and_(messages.c.direction == TO_FAMILY, ~was_read, _is_news_to(reader))


def _is_news_to(reader: Reader) -> ColumnElement[bool]:
    """An own access that was opened later has not missed what came before."""
    if reader.guardian_id is None:
        return true()
    since = select(readers.c.since).where(readers.c.reader_id == reader.reader_id)
    return messages.c.posted_at >= func.coalesce(since.scalar_subquery(), messages.c.posted_at)


def _seen(reader: Reader) -> Select[Any]:
    return (
        select(
            messages.c.message_id,
            messages.c.thread_id,
            messages.c.direction,
            messages.c.author_name,
            messages.c.subject,
            messages.c.body,
            messages.c.posted_at,
            (~is_unread_by(reader)).label("read"),
            messages.c.seen_by_authority_at,
            threads.c.about_kind,
            threads.c.about_id,
            threads.c.about_number,
        )
        .join(threads, threads.c.thread_id == messages.c.thread_id)
        .where(visible_to(reader))
    )


def _message(row: Any) -> Message:
    return Message(
        message_id=row.message_id,
        thread_id=row.thread_id,
        direction=row.direction,
        author_name=row.author_name,
        subject=row.subject,
        body=row.body,
        posted_at=row.posted_at,
        read=row.read,
        seen_by_authority_at=row.seen_by_authority_at,
        about=About(row.about_kind, row.about_id, row.about_number),
    )


async def page_of_messages(
    connection: AsyncConnection, reader: Reader, page: int
) -> tuple[Sequence[Message], int]:
    """What the authority sent to this reader, newest first, with how many there are."""
    theirs = _seen(reader).where(messages.c.direction == TO_FAMILY)
    total = await _count(connection, theirs)
    chosen = (
        theirs.order_by(messages.c.posted_at.desc(), messages.c.message_id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [_message(row) for row in await connection.execute(chosen)], total


async def page_of_thread(
    connection: AsyncConnection, reader: Reader, thread_id: UUID, page: int
) -> tuple[Sequence[Message], int]:
    """A thread's messages, newest first, with how many there are."""
    theirs = _seen(reader).where(messages.c.thread_id == thread_id)
    total = await _count(connection, theirs)
    chosen = (
        theirs.order_by(messages.c.posted_at.desc(), messages.c.message_id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [_message(row) for row in await connection.execute(chosen)], total


async def _count(connection: AsyncConnection, chosen: Select[Any]) -> int:
    counting = select(func.count()).select_from(chosen.subquery())
    return int((await connection.execute(counting)).scalar_one())


async def find_message(
    connection: AsyncConnection, reader: Reader, message_id: UUID
) -> Message | None:
    """None for what is not this reader's, as for what does not exist."""
    chosen = _seen(reader).where(messages.c.message_id == message_id)
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else _message(row)


async def set_read(
    connection: AsyncConnection, reader: Reader, chosen: ColumnElement[bool], at: datetime
) -> bool:
    """Mark the authority's messages that match; whether that changed anything."""
    unread = (
        select(messages.c.message_id)
        .join(threads, threads.c.thread_id == messages.c.thread_id)
        .where(visible_to(reader), is_unread_by(reader), chosen)
    )
    found = (await connection.execute(unread)).scalars().all()
    if not found:
        return False
    rows = [
        {
            "message_id": message_id,
            "reader_id": reader.reader_id,
            "family_id": reader.family_id,
            "read_at": at,
        }
        for message_id in found
    ]
    await connection.execute(insert(reads).on_conflict_do_nothing(), rows)
    return True


async def set_unread(connection: AsyncConnection, reader: Reader, message_id: UUID) -> bool:
    """Whether that changed anything."""
    own = (reads.c.message_id == message_id) & (reads.c.reader_id == reader.reader_id)
    removed = delete(reads).where(own).returning(reads.c.message_id)
    return (await connection.execute(removed)).scalar_one_or_none() is not None


async def newest_to_family(connection: AsyncConnection, thread_id: UUID) -> UUID | None:
    chosen = (
        select(messages.c.message_id)
        .where(messages.c.thread_id == thread_id, messages.c.direction == TO_FAMILY)
        .order_by(messages.c.posted_at.desc(), messages.c.message_id.desc())
        .limit(1)
    )
    return (await connection.execute(chosen)).scalar_one_or_none()


async def unread_count(connection: AsyncConnection, reader: Reader) -> int:
    chosen = (
        select(func.count())
        .select_from(messages.join(threads, threads.c.thread_id == messages.c.thread_id))
        .where(visible_to(reader), is_unread_by(reader))
    )
    return int((await connection.execute(chosen)).scalar_one())


async def is_in_thread(connection: AsyncConnection, message_id: UUID, thread_id: UUID) -> bool:
    here = exists().where(messages.c.message_id == message_id, messages.c.thread_id == thread_id)
    return bool((await connection.execute(select(here))).scalar_one())
