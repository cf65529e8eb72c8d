"""Threads as staff see them: the queue, one thread with its notes and history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.domain.desk import OF_CENTRES, Agent, Pile, Scope
from messaging.domain.threads import Topic

from .messages import PAGE, TO_AUTHORITY
from .tables import families, messages, reads, threads
from .threads import THREAD_COLUMNS, Thread, has_words, thread_from


@dataclass(frozen=True)
class Case:
    """A thread with what only staff see."""

    thread: Thread
    family_name: str | None
    visitor_name: str | None
    visitor_email: str | None
    waiting_since: datetime | None
    assigned: Agent | None
    last_body: str = ""


@dataclass(frozen=True)
class Sought:
    """Which threads of the queue, of those in scope."""

    scope: Scope
    staff_id: UUID
    pile: Pile = Pile.WAITING
    topic: Topic | None = None
    centre_id: UUID | None = None
    family_id: UUID | None = None
    search: str = ""
    page: int = 1


@dataclass(frozen=True)
class Heard:
    """A message as staff see it; `read_by` are the readers of the family who opened it."""

    message_id: UUID
    direction: str
    author_name: str | None
    body: str
    posted_at: datetime
    seen_by_authority_at: datetime | None
    read_at: datetime | None


_CASE = (
    *THREAD_COLUMNS,
    families.c.name.label("family_name"),
    threads.c.visitor_name,
    threads.c.visitor_email,
    threads.c.waiting_since,
    threads.c.assigned_to,
    threads.c.assigned_name,
)


def _case(row: Any) -> Case:
    assigned = Agent(row.assigned_to, row.assigned_name) if row.assigned_to else None
    return Case(
        thread=thread_from(row),
        family_name=row.family_name,
        visitor_name=row.visitor_name,
        visitor_email=row.visitor_email,
        waiting_since=row.waiting_since,
        assigned=assigned,
        last_body=getattr(row, "last_body", ""),
    )


def _of_people() -> ColumnElement[bool]:
    """Somebody wrote in it: threads of notices alone are nobody's work."""
    return exists().where(
        messages.c.thread_id == threads.c.thread_id,
        or_(messages.c.direction == TO_AUTHORITY, messages.c.author_id.is_not(None)),
    )


def _in_pile(pile: Pile, staff_id: UUID) -> ColumnElement[bool]:
    is_open = threads.c.state == "open"
    match pile:
        case Pile.WAITING:
            return and_(is_open, threads.c.waiting_since.is_not(None))
        case Pile.MINE:
            return and_(is_open, threads.c.assigned_to == staff_id)
        case Pile.OPEN:
            return and_(is_open, _of_people())
        case Pile.CLOSED:
            return threads.c.state == "closed"


def within(scope: Scope) -> ColumnElement[bool]:
    """Which threads are in it; nothing that it does not name."""
    return or_(
        threads.c.topic.in_(sorted(scope.topics)),
        and_(
            threads.c.centre_id.in_(sorted(scope.centres)),
            threads.c.topic.in_(sorted(OF_CENTRES)),
        ),
    )


def _sought(sought: Sought) -> ColumnElement[bool]:
    conditions = [_in_pile(sought.pile, sought.staff_id), within(sought.scope)]
    if sought.topic is not None:
        conditions.append(threads.c.topic == sought.topic)
    if sought.centre_id is not None:
        conditions.append(threads.c.centre_id == sought.centre_id)
    if sought.family_id is not None:
        conditions.append(threads.c.family_id == sought.family_id)
    words = has_words(sought.search)
    if words is not None:
        conditions.append(words)
    return and_(*conditions)


def _cases() -> Select[Any]:
    return select(*_CASE).outerjoin_from(
        threads, families, families.c.family_id == threads.c.family_id
    )


async def page_of_cases(connection: AsyncConnection, sought: Sought) -> tuple[Sequence[Case], int]:
    """What waits longest first; of the other piles the latest word first."""
    where = _sought(sought)
    counting = select(func.count()).select_from(threads).where(where)
    total = int((await connection.execute(counting)).scalar_one())
    last = (
        select(messages.c.body.label("last_body"))
        .where(messages.c.thread_id == threads.c.thread_id)
        .order_by(messages.c.posted_at.desc(), messages.c.message_id.desc())
        .limit(1)
        .lateral("last")
    )
    order = (
        (threads.c.waiting_since, threads.c.thread_id)
        if sought.pile is Pile.WAITING
        else (threads.c.last_posted_at.desc(), threads.c.thread_id.desc())
    )
    rows = await connection.execute(
        _cases()
        .add_columns(last.c.last_body)
        .outerjoin(last, literal(True))
        .where(where)
        .order_by(*order)
        .limit(PAGE)
        .offset((sought.page - 1) * PAGE)
    )
    return [_case(row) for row in rows], total


async def count_piles(connection: AsyncConnection, scope: Scope, staff_id: UUID) -> dict[Pile, int]:
    """Of the two piles that are work: those that wait, and one's own."""
    mine, waiting = _in_pile(Pile.MINE, staff_id), _in_pile(Pile.WAITING, staff_id)
    row = (
        await connection.execute(
            select(func.count().filter(waiting), func.count().filter(mine)).where(
                or_(waiting, mine), within(scope)
            )
        )
    ).one()
    return {Pile.WAITING: int(row[0]), Pile.MINE: int(row[1])}


async def find_case(
    connection: AsyncConnection, thread_id: UUID, scope: Scope, *, lock: bool = False
) -> Case | None:
    """None for what is not theirs, as for what does not exist."""
    chosen = _cases().where(threads.c.thread_id == thread_id, within(scope))
    if lock:
        chosen = chosen.with_for_update(of=threads)
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else _case(row)


async def heard_in(
    connection: AsyncConnection, thread_id: UUID, page: int
) -> tuple[Sequence[Heard], int]:
    """A thread's messages, newest first, with how many there are."""
    here = messages.c.thread_id == thread_id
    total = int((await connection.execute(select(func.count()).where(here))).scalar_one())
    first_read = (
        select(func.min(reads.c.read_at))
        .where(reads.c.message_id == messages.c.message_id)
        .scalar_subquery()
    )
    rows = await connection.execute(
        select(
            messages.c.message_id,
            messages.c.direction,
            messages.c.author_name,
            messages.c.body,
            messages.c.posted_at,
            messages.c.seen_by_authority_at,
            first_read,
        )
        .where(here)
        .order_by(messages.c.posted_at.desc(), messages.c.message_id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [Heard(*row) for row in rows], total


async def change_thread(connection: AsyncConnection, thread_id: UUID, **columns: object) -> None:
    await connection.execute(
        update(threads).where(threads.c.thread_id == thread_id).values(**columns)
    )


async def see(connection: AsyncConnection, thread_id: UUID, at: datetime) -> bool:
    """The authority opened it: whether anything was new to it."""
    seen = (
        update(messages)
        .where(
            messages.c.thread_id == thread_id,
            messages.c.direction == TO_AUTHORITY,
            messages.c.seen_by_authority_at.is_(None),
        )
        .values(seen_by_authority_at=at)
        .returning(messages.c.message_id)
    )
    return bool((await connection.execute(seen)).all())
