"""What was pointed, corrected, and pointed when the day was over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.attendance import Presence

from .tables import attendance_steps, attendances, children, slots


@dataclass(frozen=True)
class Step:
    """One pointing of the trace."""

    child_name: str
    slot_label: str
    presence: Presence
    at: datetime
    actor_name: str
    late: bool


async def steps_of_day(
    connection: AsyncConnection, activity_ids: Iterable[UUID], day: date, limit: int = 200
) -> list[Step]:
    """Corrections only, the newest first: what was pointed once needs no telling."""
    table = attendance_steps
    rows = await connection.execute(
        select(table, children.c.given_name, children.c.family_name, slots.c.label)
        .join(attendances, attendances.c.attendance_id == table.c.attendance_id)
        .join(children, children.c.child_id == attendances.c.child_id)
        .join(slots, slots.c.slot_id == attendances.c.slot_id)
        .where(
            attendances.c.activity_id.in_(list(activity_ids)),
            attendances.c.day == day,
            table.c.version > 1,
        )
        .order_by(table.c.step_id.desc())
        .limit(limit)
    )
    return [
        Step(
            f"{row.given_name} {row.family_name}",
            row.label,
            Presence(row.presence),
            row.at,
            row.actor_name,
            row.late,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class PointedLate:
    """Children of a slot who were pointed for the first time when the day was over."""

    slot_label: str
    presence: Presence
    children: int
    at: datetime
    actor_name: str


async def pointed_late(
    connection: AsyncConnection, activity_ids: Iterable[UUID], day: date
) -> list[PointedLate]:
    table, last = attendance_steps, func.max(attendance_steps.c.at)
    rows = await connection.execute(
        select(
            slots.c.label,
            table.c.presence,
            table.c.actor_name,
            func.count().label("children"),
            last.label("at"),
        )
        .join(attendances, attendances.c.attendance_id == table.c.attendance_id)
        .join(slots, slots.c.slot_id == attendances.c.slot_id)
        .where(
            attendances.c.activity_id.in_(list(activity_ids)),
            attendances.c.day == day,
            table.c.version == 1,
            table.c.late,
        )
        .group_by(slots.c.label, table.c.presence, table.c.actor_name)
        .order_by(slots.c.label, table.c.presence, table.c.actor_name)
    )
    return [
        PointedLate(row.label, Presence(row.presence), row.children, row.at, row.actor_name)
        for row in rows
    ]
