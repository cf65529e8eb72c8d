"""Requests in lists: a family's own, and the queue of the staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.request import RequestState

from .request_records import RequestRecord, selected_requests, with_lines
from .tables import requests

PER_PAGE = 20

_PENDING = requests.c.state == RequestState.PENDING
# Built once: asked with every page of a family.
_PENDING_OF_FAMILY = (
    select(func.count())
    .select_from(requests)
    .where(_PENDING, requests.c.family_id == bindparam("family_id"))
)


class Scope(StrEnum):
    """« Mon compte » or « Mes enfants »: the two halves of a family's list."""

    ALL = "all"
    ACCOUNT = "account"
    CHILDREN = "children"


@dataclass(frozen=True)
class Page:
    """Some requests of a longer list; pages count from 1."""

    items: tuple[RequestRecord, ...]
    page: int
    pages: int
    total: int


async def requests_of_family(
    connection: AsyncConnection,
    family_id: UUID,
    scope: Scope,
    recent_from: datetime,
    page: int,
    *,
    history: bool,
) -> Page:
    """Newest first. Not history: all that wait, and those decided since `recent_from`.

    What could not be applied waits too: its decision is still to come.
    """
    recent = or_(
        requests.c.decided_at.is_(None),
        requests.c.decided_at >= recent_from,
        requests.c.state == RequestState.FAILED,
    )
    where = and_(
        requests.c.family_id == family_id,
        ~recent if history else recent,
        *_in_scope(scope),
    )
    order = (requests.c.submitted_at.desc(), requests.c.request_id.desc())
    return await _page(connection, where, order, page)


async def queue_of_requests(
    connection: AsyncConnection,
    state: RequestState | None,
    kind: str | None,
    page: int,
    seen: ColumnElement[bool],
) -> Page:
    """What staff see: the nearest legal deadline first, then in the order of arrival."""
    where = and_(
        seen,
        requests.c.state == str(state) if state else requests.c.state.is_not(None),
        requests.c.kind == kind if kind else requests.c.kind.is_not(None),
    )
    order = (requests.c.due_on, requests.c.submitted_at, requests.c.request_id)
    return await _page(connection, where, order, page)


async def count_pending(connection: AsyncConnection, family_id: UUID | None = None) -> int:
    """Requests that wait for a decision: the family's, or everybody's."""
    if family_id is None:
        return await _count(connection, _PENDING)
    found = await connection.execute(_PENDING_OF_FAMILY, {"family_id": family_id})
    return int(found.scalar_one())


async def count_pending_by_kind(connection: AsyncConnection) -> dict[str, int]:
    statement = (
        select(requests.c.kind, func.count())
        .where(requests.c.state == RequestState.PENDING)
        .group_by(requests.c.kind)
    )
    return dict((await connection.execute(statement)).tuples().all())


def _in_scope(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    about_account = or_(
        requests.c.kind.like("family.%"), requests.c.kind.in_(("credentials.reset",))
    )
    match scope:
        case Scope.ALL:
            return ()
        case Scope.ACCOUNT:
            return (about_account,)
        case Scope.CHILDREN:
            return (~about_account,)


async def _count(connection: AsyncConnection, where: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(requests).where(where)
    return int((await connection.execute(statement)).scalar_one())


async def _page(
    connection: AsyncConnection,
    where: ColumnElement[bool],
    order: Iterable[ColumnElement[Any]],
    page: int,
) -> Page:
    total = await _count(connection, where)
    statement = selected_requests().where(where).order_by(*order)
    rows = await connection.execute(statement.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    items = await with_lines(connection, rows)
    return Page(tuple(items), page, max(-(-total // PER_PAGE), 1), total)
