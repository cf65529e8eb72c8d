"""What the console's pages read, beyond what the API reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import local_date
from enrolment.domain.request import RequestState
from enrolment.store.assignments import Assignment, current_assignments
from enrolment.store.request_records import (
    RequestRecord,
    selected_requests,
    with_lines,
)
from enrolment.store.tables import (
    request_assignments,
    requests,
)
from enrolment.store.words_search import families_with, tokens
from enrolment.use_cases.sight import Sight, of_centres

from .choice import NEAR, STATES, UNDECIDED, Age, Choice, Holder, Pile

PER_PAGE = 50
MOST_COUNTED = 1000
"""Of a longer list only « plus de 1 000 » is said: counting all costs more than it tells."""


@dataclass(frozen=True)
class QueuePage:
    """One page of a pile; `total` stops at `MOST_COUNTED` + 1."""

    items: Sequence[RequestRecord]
    assignments: Mapping[UUID, Assignment]
    page: int
    total: int
    has_next: bool


@dataclass(frozen=True)
class Counts:
    """How many undecided requests there are of each state and kind, and how many nearly due."""

    by_state_and_kind: Mapping[tuple[RequestState, str], int]
    nearly_due: int

    def of(self, pile: Pile, kinds: Sequence[str] = ()) -> int | None:
        """None for what is decided: that pile only grows, and nobody waits for its number."""
        if pile not in UNDECIDED:
            return None
        return sum(
            count
            for (state, kind), count in self.by_state_and_kind.items()
            if state in STATES[pile] and (not kinds or kind in kinds)
        )

    @property
    def waiting(self) -> int:
        return self.of(Pile.WAITING) or 0


_SERIES = ("d", "f")
"""How numbers begin: enrolment's own, and those of accounts."""


async def queue_page(
    connection: AsyncConnection, choice: Choice, reader: UUID, now: datetime, sight: Sight
) -> QueuePage:
    """What waits: the nearest legal deadline first. What is decided: the latest decision first."""
    where = and_(sight.requests, *_conditions(choice, reader, now))
    # Only the page's own rows are read whole: those before it are counted in the index.
    wanted = (
        select(requests.c.request_id)
        .where(where)
        .order_by(*_order(choice.pile))
        .limit(PER_PAGE + 1)
        .offset((choice.page - 1) * PER_PAGE)
    )
    rows = await connection.execute(
        selected_requests().where(requests.c.request_id.in_(wanted)).order_by(*_order(choice.pile))
    )
    found = await with_lines(connection, rows)
    items = found[:PER_PAGE]
    counting = select(func.count()).select_from(
        select(requests.c.request_id).where(where).limit(MOST_COUNTED + 1).subquery()
    )
    total = int((await connection.execute(counting)).scalar_one())
    held = await current_assignments(connection, [one.request_id for one in items])
    return QueuePage(items, held, choice.page, total, len(found) > PER_PAGE)


def _conditions(choice: Choice, reader: UUID, now: datetime) -> Iterator[ColumnElement[bool]]:
    yield requests.c.state.in_([str(state) for state in STATES[choice.pile]])
    if choice.kinds:
        yield requests.c.kind.in_(choice.kinds)
    if choice.centre is not None:
        yield of_centres(frozenset({choice.centre}))
    if choice.age is Age.NEARLY_DUE:
        yield requests.c.due_on <= local_date(now) + NEAR
    if (before := choice.submitted_before(now)) is not None:
        yield requests.c.submitted_at <= before
    if choice.holder is not None:
        yield _held(choice.holder, reader)
    yield from _named(choice.words)


def _held(holder: Holder, reader: UUID) -> ColumnElement[bool]:
    table = request_assignments
    current = select(1).where(table.c.request_id == requests.c.request_id, table.c.until.is_(None))
    if holder is Holder.NOBODY:
        return ~exists(current)
    return exists(current.where(table.c.staff_id == reader))


def _named(words: str) -> Iterator[ColumnElement[bool]]:
    """Each word begins a name of the family or of one of its children, or is in the number."""
    for token in tokens(words):
        named = requests.c.family_id.in_(families_with(token))
        is_of_number = token in _SERIES or any(c.isdigit() for c in token)
        yield named | requests.c.number.like(f"%{token.upper()}%") if is_of_number else named


def _order(pile: Pile) -> tuple[ColumnElement[Any], ...]:
    if pile in UNDECIDED:
        return requests.c.due_on, requests.c.submitted_at, requests.c.request_id
    return requests.c.decided_at.desc(), requests.c.request_id.desc()


async def counts(connection: AsyncConnection, today: date, sight: Sight) -> Counts:
    """The tabs' counts; nearly due are those that wait with a deadline in the coming days."""
    near = and_(requests.c.state == str(RequestState.PENDING), requests.c.due_on <= today + NEAR)
    undecided = [str(state) for pile in UNDECIDED for state in STATES[pile]]
    rows = await connection.execute(
        select(requests.c.state, requests.c.kind, func.count(), func.count().filter(near))
        .where(requests.c.state.in_(undecided), sight.requests)
        .group_by(requests.c.state, requests.c.kind)
    )
    found = list(rows)
    return Counts(
        {(RequestState(state), kind): number for state, kind, number, _ in found},
        sum(due for *_, due in found),
    )
