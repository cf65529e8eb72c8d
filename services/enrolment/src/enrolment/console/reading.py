"""What the console's pages read, beyond what the API reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.request import RequestState
from enrolment.store.request_records import (
    RequestRecord,
    selected_requests,
    with_lines,
)
from enrolment.store.tables import requests

PER_PAGE = 20


class Pile(StrEnum):
    """The piles of the queue, by the word in their address."""

    WAITING = "attente"
    TO_REDO = "reprendre"
    ACCEPTED = "acceptees"
    REFUSED = "refusees"
    WITHDRAWN = "retirees"


STATES: Mapping[Pile, tuple[RequestState, ...]] = {
    Pile.WAITING: (RequestState.PENDING,),
    Pile.TO_REDO: (RequestState.FAILED,),
    Pile.ACCEPTED: (RequestState.ACCEPTED, RequestState.APPLIED),
    Pile.REFUSED: (RequestState.REFUSED,),
    Pile.WITHDRAWN: (RequestState.WITHDRAWN,),
}
UNDECIDED = frozenset({Pile.WAITING, Pile.TO_REDO})


@dataclass(frozen=True)
class QueuePage:
    """One page of a pile."""

    items: Sequence[RequestRecord]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class Counts:
    """How many requests there are of each state and kind, and how many are nearly due."""

    by_state_and_kind: Mapping[tuple[RequestState, str], int]
    nearly_due: int

    def of(self, pile: Pile, kind: str | None = None) -> int:
        return sum(
            count
            for (state, counted), count in self.by_state_and_kind.items()
            if state in STATES[pile] and kind in (None, counted)
        )

    def kinds(self, pile: Pile) -> list[str]:
        """Kinds of which the pile has at least one."""
        return sorted({kind for state, kind in self.by_state_and_kind if state in STATES[pile]})


async def queue_page(
    connection: AsyncConnection, pile: Pile, kind: str | None, page: int
) -> QueuePage:
    """What waits: the nearest legal deadline first. What is decided: the latest decision first."""
    where: ColumnElement[bool] = requests.c.state.in_([str(state) for state in STATES[pile]])
    if kind is not None:
        where = and_(where, requests.c.kind == kind)
    counting = select(func.count()).select_from(requests).where(where)
    total = int((await connection.execute(counting)).scalar_one())
    rows = await connection.execute(
        selected_requests()
        .where(where)
        .order_by(*_order(pile))
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    items = await with_lines(connection, rows)
    return QueuePage(items, page, max(-(-total // PER_PAGE), 1), total)


def _order(pile: Pile) -> tuple[ColumnElement[Any], ...]:
    if pile in UNDECIDED:
        return requests.c.due_on, requests.c.submitted_at, requests.c.request_id
    return requests.c.decided_at.desc(), requests.c.request_id.desc()


async def counts(connection: AsyncConnection, near_until: date) -> Counts:
    """The tabs' counts; nearly due are those that wait with a deadline up to that day."""
    rows = await connection.execute(
        select(requests.c.state, requests.c.kind, func.count()).group_by(
            requests.c.state, requests.c.kind
        )
    )
    found = {(RequestState(state), kind): number for state, kind, number in rows}
    near = await connection.execute(
        select(func.count())
        .select_from(requests)
        .where(requests.c.state == str(RequestState.PENDING), requests.c.due_on <= near_until)
    )
    return Counts(found, int(near.scalar_one()))
