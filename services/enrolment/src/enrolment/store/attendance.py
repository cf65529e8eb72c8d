"""Attendance as it is read on rosters and written by the team."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.attendance import Attendance, Presence
from enrolment.domain.booking import AbsenceState, BookingState
from enrolment.domain.request import Actor

from .tables import (
    absences,
    attendance_steps,
    attendances,
    bookings,
    children,
    families,
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
    rows = await connection.execute(_roster(list(activity_ids), first, last or first))
    found: dict[tuple[date, UUID], list[Entry]] = {}
    for row in rows:
        found.setdefault((row.day, row.slot_id), []).append(_entry(row))
    return found


def _roster(wanted: list[UUID], first: date, last: date) -> Select[Any]:
    # A child whose absence was accepted may have booked the day anew: it is one child all the same.
    place = [bookings.c[name] for name in ("child_id", "slot_id", "day")]
    expected = (
        select(bookings)
        .ext(distinct_on(*place))
        .where(
            bookings.c.activity_id.in_(wanted),
            bookings.c.day.between(first, last),
            bookings.c.state.in_(EXPECTED),
        )
        .order_by(*place, bookings.c.state.desc(), bookings.c.booking_id)
        .subquery()
    )
    came = (
        select(attendances)
        .where(attendances.c.activity_id.in_(wanted), attendances.c.day.between(first, last))
        .subquery()
    )
    same = and_(*(expected.c[name] == came.c[name] for name in ("child_id", "slot_id", "day")))
    either = {
        name: func.coalesce(expected.c[name], came.c[name]).label(name)
        for name in ("child_id", "family_id", "slot_id", "day")
    }
    return (
        select(
            *either.values(),
            expected.c.booking_id,
            _told(expected).label("absent_told"),
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
        .join(children, children.c.child_id == either["child_id"])
        .outerjoin(families, families.c.family_id == children.c.family_id)
        .order_by(children.c.family_name, children.c.given_name, either["child_id"])
    )


def _told(expected: Subquery) -> ColumnElement[bool]:
    """Staff may not have answered yet: the family has said all the same that nobody comes."""
    declared = select(absences.c.absence_id).where(
        absences.c.booking_id == expected.c.booking_id,
        absences.c.state == AbsenceState.DECLARED,
    )
    return func.coalesce(expected.c.state == BookingState.ABSENT, False) | declared.exists()


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
        .order_by(bookings.c.state.desc(), bookings.c.booking_id)
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
