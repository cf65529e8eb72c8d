"""Threads as families see them: begun, listed, searched, archived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.identifiers import new_id
from messaging.domain.folding import search_query
from messaging.domain.threads import About, Centre, Reader, Topic

from .messages import PAGE, TO_FAMILY, is_unread_by, visible_to
from .tables import archivings, attachments, messages, threads


@dataclass(frozen=True)
class Thread:
    """One thread; `audience` is the guardian it is for, None for all."""

    thread_id: UUID
    family_id: UUID | None
    audience: UUID | None
    subject: str
    topic: Topic
    about: About
    centre: Centre | None
    state: str
    created_at: datetime
    last_posted_at: datetime


@dataclass(frozen=True)
class Listed:
    """A thread in a reader's list."""

    thread: Thread
    unread: int
    archived: bool
    has_attachments: bool
    last_body: str
    last_direction: str


@dataclass(frozen=True)
class Wanted:
    """Which threads of a list."""

    archived: bool = False
    unread_only: bool = False
    topic: Topic | None = None
    search: str = ""
    page: int = 1


@dataclass(frozen=True)
class NewThread:
    """A thread to begin; `key` is what makes the thread of some notices the only one."""

    thread_id: UUID
    family_id: UUID | None
    subject: str
    about: About
    audience: UUID | None = None
    centre: Centre | None = None
    key: str | None = None
    waiting_since: datetime | None = None
    visitor_name: str | None = None
    visitor_email: str | None = None


async def add_thread(connection: AsyncConnection, new: NewThread, at: datetime) -> UUID:
    """Its id; an equal key or id of this family leads to the thread that there is already."""
    statement = insert(threads).values(
        thread_id=new.thread_id,
        family_id=new.family_id,
        guardian_id=new.audience,
        key=new.key,
        subject=new.subject,
        topic=new.about.topic,
        about_kind=new.about.kind,
        about_id=new.about.id,
        about_number=new.about.number,
        centre_id=new.centre and new.centre.centre_id,
        centre_name=new.centre and new.centre.name,
        waiting_since=new.waiting_since,
        visitor_name=new.visitor_name,
        visitor_email=new.visitor_email,
        created_at=at,
        last_posted_at=at,
    )
    added = statement.on_conflict_do_nothing().returning(threads.c.thread_id)
    thread_id = (await connection.execute(added)).scalar_one_or_none()
    if thread_id is None and new.key is not None:
        chosen = select(threads.c.thread_id).where(
            threads.c.family_id == new.family_id, threads.c.key == new.key
        )
        thread_id = (await connection.execute(chosen)).scalar_one()
    return thread_id or new.thread_id


async def thread_of_notices(
    connection: AsyncConnection,
    family_id: UUID,
    about: About,
    subject: str,
    at: datetime,
    audience: UUID | None = None,
) -> UUID:
    """The one thread in which notices about this thing stand, made at the first of them."""
    key = f"{about.topic}:{about.id}"
    new = NewThread(new_id(), family_id, subject, about, audience, key=key)
    return await add_thread(connection, new, at)


async def give_subject(connection: AsyncConnection, thread_id: UUID, subject: str) -> None:
    await connection.execute(
        threads.update().where(threads.c.thread_id == thread_id).values(subject=subject)
    )


THREAD_COLUMNS = (
    threads.c.thread_id,
    threads.c.family_id,
    threads.c.guardian_id,
    threads.c.subject,
    threads.c.topic,
    threads.c.about_kind,
    threads.c.about_id,
    threads.c.about_number,
    threads.c.centre_id,
    threads.c.centre_name,
    threads.c.state,
    threads.c.created_at,
    threads.c.last_posted_at,
)


def thread_from(row: Any) -> Thread:
    centre = Centre(row.centre_id, row.centre_name) if row.centre_id else None
    return Thread(
        thread_id=row.thread_id,
        family_id=row.family_id,
        audience=row.guardian_id,
        subject=row.subject,
        topic=Topic(row.topic),
        about=About(row.about_kind, row.about_id, row.about_number),
        centre=centre,
        state=row.state,
        created_at=row.created_at,
        last_posted_at=row.last_posted_at,
    )


async def find_thread(
    connection: AsyncConnection, reader: Reader, thread_id: UUID
) -> Thread | None:
    """None for what is not this reader's, as for what does not exist."""
    chosen = select(*THREAD_COLUMNS).where(visible_to(reader), threads.c.thread_id == thread_id)
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else thread_from(row)


def has_words(words: str) -> ColumnElement[bool] | None:
    """Threads of which a message has all of them; None when nothing is asked."""
    query = search_query(words)
    if query is None:
        return None
    matching = func.to_tsquery("simple", query)
    return exists().where(
        messages.c.thread_id == threads.c.thread_id, messages.c.search.bool_op("@@")(matching)
    )


def _is_archived(reader: Reader) -> ColumnElement[bool]:
    return exists().where(
        archivings.c.thread_id == threads.c.thread_id,
        archivings.c.reader_id == reader.reader_id,
        archivings.c.archived_at >= threads.c.last_posted_at,
    )


def _wanted(reader: Reader, wanted: Wanted) -> ColumnElement[bool]:
    archived = _is_archived(reader)
    conditions = [visible_to(reader), archived if wanted.archived else ~archived]
    if wanted.unread_only:
        conditions.append(
            exists().where(messages.c.thread_id == threads.c.thread_id, is_unread_by(reader))
        )
    if wanted.topic is not None:
        conditions.append(threads.c.topic == wanted.topic)
    words = has_words(wanted.search)
    return and_(*conditions) if words is None else and_(*conditions, words)


def _listed(reader: Reader) -> Select[Any]:
    of_thread = messages.c.thread_id == threads.c.thread_id
    unread = select(func.count()).where(of_thread, is_unread_by(reader))
    last = (
        select(messages.c.body, messages.c.direction)
        .where(of_thread)
        .order_by(messages.c.posted_at.desc(), messages.c.message_id.desc())
        .limit(1)
        .lateral("last")
    )
    files = exists().where(of_thread, attachments.c.message_id == messages.c.message_id)
    return select(
        *THREAD_COLUMNS,
        unread.scalar_subquery().label("unread"),
        _is_archived(reader).label("archived"),
        files.label("has_attachments"),
        func.coalesce(last.c.body, "").label("last_body"),
        func.coalesce(last.c.direction, TO_FAMILY).label("last_direction"),
    ).outerjoin_from(threads, last, literal(True))


async def page_of_threads(
    connection: AsyncConnection, reader: Reader, wanted: Wanted
) -> tuple[Sequence[Listed], int]:
    """The reader's threads, the latest word first, with how many there are."""
    where = _wanted(reader, wanted)
    counting = select(func.count()).select_from(threads).where(where)
    total = int((await connection.execute(counting)).scalar_one())
    rows = await connection.execute(
        _listed(reader)
        .where(where)
        .order_by(threads.c.last_posted_at.desc(), threads.c.thread_id.desc())
        .limit(PAGE)
        .offset((wanted.page - 1) * PAGE)
    )
    return [Listed(thread_from(row), *row[-5:]) for row in rows], total


async def archive(
    connection: AsyncConnection, reader: Reader, thread_id: UUID, at: datetime
) -> None:
    statement = insert(archivings).values(
        thread_id=thread_id, reader_id=reader.reader_id, archived_at=at
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["thread_id", "reader_id"],
            set_={"archived_at": statement.excluded.archived_at},
        )
    )


async def take_out(connection: AsyncConnection, reader: Reader, thread_id: UUID) -> None:
    await connection.execute(
        archivings.delete().where(
            archivings.c.thread_id == thread_id, archivings.c.reader_id == reader.reader_id
        )
    )


async def awaits_answer(connection: AsyncConnection, thread_id: UUID, since: datetime) -> None:
    """The family wrote: the thread is open again, and waits since the first unanswered word."""
    await connection.execute(
        threads.update()
        .where(threads.c.thread_id == thread_id)
        .values(state="open", waiting_since=func.coalesce(threads.c.waiting_since, since))
    )
