"""Who follows which request: at most one agent at a time, and everyone who did before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import request_assignments, staff_members


@dataclass(frozen=True)
class Assignment:
    """A request in an agent's hands; `until` is None while it is."""

    request_id: UUID
    staff_id: UUID
    staff_name: str
    given_by: str
    since: datetime
    until: datetime | None = None
    ended_by: str | None = None


@dataclass(frozen=True)
class Colleague:
    """A member of staff to whom a request can be given."""

    staff_id: UUID
    name: str


async def current_assignments(
    connection: AsyncConnection, request_ids: Iterable[UUID]
) -> dict[UUID, Assignment]:
    table = request_assignments
    rows = await connection.execute(
        select(table).where(table.c.request_id.in_(list(request_ids)), table.c.until.is_(None))
    )
    return {row.request_id: _assignment(row) for row in rows}


async def assignments_of(connection: AsyncConnection, request_id: UUID) -> list[Assignment]:
    """All there were, oldest first."""
    table = request_assignments
    rows = await connection.execute(
        select(table).where(table.c.request_id == request_id).order_by(table.c.assignment_id)
    )
    return [_assignment(row) for row in rows]


async def add_assignment(connection: AsyncConnection, assignment: Assignment) -> None:
    """The database refuses a second one while another lasts."""
    await connection.execute(insert(request_assignments).values(vars(assignment)))


async def end_assignment(
    connection: AsyncConnection, request_id: UUID, at: datetime, by: str
) -> None:
    table = request_assignments
    await connection.execute(
        update(table)
        .where(table.c.request_id == request_id, table.c.until.is_(None))
        .values(until=at, ended_by=by)
    )


async def colleagues(connection: AsyncConnection, role: str) -> list[Colleague]:
    """Active members of staff with this role, by name."""
    rows = await connection.execute(
        select(staff_members.c.staff_id, staff_members.c.name)
        .where(staff_members.c.active, literal(role) == any_(staff_members.c.roles))
        .order_by(staff_members.c.name)
        .limit(200)
    )
    return [Colleague(row.staff_id, row.name) for row in rows]


def _assignment(row: Any) -> Assignment:
    return Assignment(
        row.request_id,
        row.staff_id,
        row.staff_name,
        row.given_by,
        row.since,
        row.until,
        row.ended_by,
    )
