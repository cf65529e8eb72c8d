"""Families by what they have booked."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.enrolled import EnrolmentState
from enrolment.domain.last_calls import LastCall

from .tables import activities, bookings, enrolments

REGULAR = timedelta(days=42)
"""Who booked so lately is reminded without being enrolled: six weeks, so that holidays do not
make strangers of anybody."""


async def booked_families(
    connection: AsyncConnection,
    centre_id: UUID | None,
    activity_id: UUID | None,
    day: date | None,
    today: date,
) -> list[UUID]:
    """With a place that they have, not one that they asked for; each once."""
    chosen = (
        select(bookings.c.family_id)
        .distinct()
        .join(activities, activities.c.activity_id == bookings.c.activity_id)
        .where(bookings.c.state == "booked")
        .order_by(bookings.c.family_id)
    )
    if centre_id is not None:
        chosen = chosen.where(activities.c.centre_id == centre_id)
    if activity_id is not None:
        chosen = chosen.where(activities.c.activity_id == activity_id)
    when = bookings.c.day == day if day is not None else bookings.c.day >= today
    return list((await connection.execute(chosen.where(when))).scalars())


async def families_without_booking(connection: AsyncConnection, call: LastCall) -> list[UUID]:
    """Families of children who usually come, and for whom nothing was asked that week.

    A child usually comes who is enrolled for that week, or was booked lately. Whatever was asked,
    and whatever became of it, somebody has thought of that week.
    """
    enrolled = select(enrolments.c.child_id, enrolments.c.family_id).where(
        enrolments.c.activity_id == call.activity_id,
        enrolments.c.state == EnrolmentState.ACTIVE,
        enrolments.c.period.op("&&")(
            func.daterange(call.monday, call.sunday, "[]"),
        ),
    )
    lately = select(bookings.c.child_id, bookings.c.family_id).where(
        bookings.c.activity_id == call.activity_id,
        bookings.c.day.between(call.monday - REGULAR, call.monday),
        bookings.c.state == "booked",
    )
    usual = union(enrolled, lately).subquery("usual")
    asked = exists().where(
        bookings.c.child_id == usual.c.child_id,
        bookings.c.activity_id == call.activity_id,
        bookings.c.day.between(call.monday, call.sunday),
    )
    chosen = select(usual.c.family_id).distinct().where(~asked).order_by(usual.c.family_id)
    return list((await connection.execute(chosen)).scalars())
