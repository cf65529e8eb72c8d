"""Attendance as it is read on rosters and written by the team."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.attendance import Attendance, Presence
from enrolment.domain.booking import AbsenceState, BookingState
from enrolment.domain.request import Actor

from .tables import (
    absences,
    adults_present,
    attendance_steps,
    attendances,
    bookings,
    children,
    families,
    slots,
)

EXPECTED = (str(BookingState.BOOKED), str(BookingState.ABSENT))


@dataclass(frozen=True)
class Entry:
    """One child on the roster of a slot; `absent_told` when the family said that it won't come."""

    child_id: UUID
    family_id: UUID
    given_name: str
    family_name: str
    born_on: date
    family_reference: str
    slot_id: UUID
    booking_id: UUID | None
    absent_told: bool
    presence: Presence | None
    recorded_at: datetime | None
    recorded_by: str | None
    version: int


async def roster(
    connection: AsyncConnection, activity_ids: Iterable[UUID], first: date, last: date | None = None
) -> dict[tuple[date, UUID], list[Entry]]:
    """Who is expected, and who came unbooked, by day and slot; names in their order."""
    last = last or first
    wanted = list(activity_ids)
    expected = (
        select(bookings)
        .where(
            bookings.c.activity_id.in_(wanted),
            bookings.c.day.between(first, last),
            bookings.c.state.in_(EXPECTED),
        )
        .subquery()
    )
    came = (
        select(attendances)
        .where(attendances.c.activity_id.in_(wanted), attendances.c.day.between(first, last))
        .subquery()
    )
    same = and_(
        expected.c.child_id == came.c.child_id,
        expected.c.slot_id == came.c.slot_id,
        expected.c.day == came.c.day,
    )
    child = func.coalesce(expected.c.child_id, came.c.child_id)
    # Staff may not have answered yet: the family has said all the same that the child stays away.
    declared = select(absences.c.absence_id).where(
        absences.c.booking_id == expected.c.booking_id,
        absences.c.state == AbsenceState.DECLARED,
    )
    told = func.coalesce(expected.c.state == BookingState.ABSENT, False) | declared.exists()
    rows = await connection.execute(
        select(
            child.label("child_id"),
            func.coalesce(expected.c.family_id, came.c.family_id).label("family_id"),
            func.coalesce(expected.c.slot_id, came.c.slot_id).label("slot_id"),
            func.coalesce(expected.c.day, came.c.day).label("day"),
            expected.c.booking_id,
            expected.c.state,
            told.label("absent_told"),
            came.c.presence,
            came.c.recorded_at,
            came.c.recorded_by,
            came.c.version,
            children.c.given_name,
            children.c.family_name,
            children.c.born_on,
            func.coalesce(families.c.reference, "").label("reference"),
        )
        .select_from(expected.join(came, same, full=True))
        .join(children, children.c.child_id == child)
        .outerjoin(families, families.c.family_id == children.c.family_id)
        .order_by(children.c.family_name, children.c.given_name, child)
    )
    found: dict[tuple[date, UUID], list[Entry]] = {}
    for row in rows:
        found.setdefault((row.day, row.slot_id), []).append(_entry(row))
    return found


async def find_attendance(
    connection: AsyncConnection, child_id: UUID, slot_id: UUID, day: date
) -> Attendance | None:
    row = (
        await connection.execute(
            select(attendances).where(
                attendances.c.child_id == child_id,
                attendances.c.slot_id == slot_id,
                attendances.c.day == day,
            )
        )
    ).first()
    if row is None:
        return None
    return Attendance(
        row.attendance_id,
        row.booking_id,
        row.family_id,
        row.child_id,
        row.activity_id,
        row.slot_id,
        row.day,
        Presence(row.presence),
        row.version,
    )


async def expected_booking(
    connection: AsyncConnection, child_id: UUID, slot_id: UUID, day: date
) -> UUID | None:
    """The booking by which the child is expected, also one whose absence was accepted."""
    statement = (
        select(bookings.c.booking_id)
        .where(
            bookings.c.child_id == child_id,
            bookings.c.slot_id == slot_id,
            bookings.c.day == day,
            bookings.c.state.in_(EXPECTED),
        )
        .order_by(bookings.c.state.desc())
        .limit(1)
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def keep_attendance(
    connection: AsyncConnection, one: Attendance, actor: Actor, at: datetime, *, late: bool
) -> None:
    """Added or corrected, with its trace; the family's row is locked by the caller."""
    values = {**vars(one), "presence": str(one.presence)}
    values |= {"recorded_at": at, "recorded_by": actor.name}
    if one.version == 1:
        await connection.execute(insert(attendances).values(values))
    else:
        await connection.execute(
            update(attendances)
            .where(attendances.c.attendance_id == one.attendance_id)
            .values(values)
        )
    await connection.execute(
        insert(attendance_steps).values(
            attendance_id=one.attendance_id,
            version=one.version,
            presence=str(one.presence),
            at=at,
            actor_id=actor.id,
            actor_name=actor.name,
            late=late,
        )
    )


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


async def adults_between(
    connection: AsyncConnection, activity_ids: Iterable[UUID], first: date, last: date
) -> dict[tuple[UUID, date], int]:
    """Adults planned or counted, by activity and day; days of which nobody said are left out."""
    rows = await connection.execute(
        select(adults_present).where(
            adults_present.c.activity_id.in_(list(activity_ids)),
            adults_present.c.day.between(first, last),
        )
    )
    return {(row.activity_id, row.day): row.adults for row in rows}


async def adults_on(
    connection: AsyncConnection, activity_ids: Iterable[UUID], day: date
) -> dict[UUID, int]:
    found = await adults_between(connection, activity_ids, day, day)
    return {activity_id: adults for (activity_id, _), adults in found.items()}


async def note_adults(
    connection: AsyncConnection, activity_id: UUID, day: date, adults: int, at: datetime, by: str
) -> None:
    statement = insert_or(adults_present).values(
        activity_id=activity_id, day=day, adults=adults, noted_at=at, noted_by=by
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[adults_present.c.activity_id, adults_present.c.day],
            set_={"adults": adults, "noted_at": at, "noted_by": by},
        )
    )


def _entry(row: Any) -> Entry:
    return Entry(
        child_id=row.child_id,
        family_id=row.family_id,
        given_name=row.given_name,
        family_name=row.family_name,
        born_on=row.born_on,
        family_reference=row.reference,
        slot_id=row.slot_id,
        booking_id=row.booking_id,
        absent_told=row.absent_told,
        presence=Presence(row.presence) if row.presence else None,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        version=row.version or 0,
    )
