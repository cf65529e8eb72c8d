"""Children whom the team of some centres looks after, or is about to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, Table, Uuid, any_, cast, func, literal, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import activities, bookings, centre_teams, enrolments, staff_members

AFTERWARDS: Final = timedelta(days=31)
"""A team still has to do with a child of last month: the month is pointed and put right."""


@dataclass(frozen=True)
class SeenChild:
    child_id: UUID
    family_id: UUID


async def children_seen_by(
    connection: AsyncConnection,
    staff_id: UUID,
    today: date,
    child_ids: Collection[UUID] | None = None,
    family_ids: Collection[UUID] | None = None,
) -> list[SeenChild]:
    """Children enrolled in the agent's centres, with days there, or for whom either was asked.

    Of those named only, when some are named.
    """
    found = union(
        _of(enrolments, child_ids, family_ids)
        .join(activities, activities.c.activity_id == enrolments.c.activity_id)
        .where(
            enrolments.c.state.in_(("requested", "active")),
            func.coalesce(func.upper(enrolments.c.period), today) >= today - AFTERWARDS,
            activities.c.centre_id.in_(_centres_of(staff_id)),
        ),
        _of(bookings, child_ids, family_ids)
        .join(activities, activities.c.activity_id == bookings.c.activity_id)
        .where(
            bookings.c.state.in_(("requested", "waitlisted", "booked")),
            bookings.c.day >= today - AFTERWARDS,
            activities.c.centre_id.in_(_centres_of(staff_id)),
        ),
    )
    rows = await connection.execute(found)
    return [SeenChild(row.child_id, row.family_id) for row in rows]


def _centres_of(staff_id: UUID) -> Select[tuple[UUID]]:
    """Only while the agent still works in centres: nobody sees by a role that was taken away."""
    return (
        select(centre_teams.c.centre_id)
        .join(staff_members, staff_members.c.staff_id == centre_teams.c.staff_id)
        .where(
            centre_teams.c.staff_id == staff_id,
            staff_members.c.active,
            literal("centre") == any_(staff_members.c.roles),
        )
    )


def _of(
    table: Table,
    child_ids: Collection[UUID] | None,
    family_ids: Collection[UUID] | None,
) -> Select[tuple[UUID, UUID]]:
    statement = select(table.c.child_id, table.c.family_id)
    for column, named in ((table.c.child_id, child_ids), (table.c.family_id, family_ids)):
        if named is not None:
            statement = statement.where(column == any_(cast(list(named), ARRAY(Uuid))))
    return statement
