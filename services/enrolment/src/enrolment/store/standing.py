"""Bookings that a change of the catalogue could hurt, with the names staff read."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.booking import TAKING, UNSETTLED, BookingState
from enrolment.domain.diary import PlaceKey
from enrolment.domain.impact import Standing
from enrolment.domain.places import AgeGroup

from .tables import activities, bookings, children, slots


async def standing_bookings(
    connection: AsyncConnection,
    first: date,
    last: date | None = None,
    *,
    activity_id: UUID | None = None,
    centre_id: UUID | None = None,
) -> list[Standing]:
    """Live bookings from the first day on, by day and child; all centres unless one is named."""
    statement = (
        select(
            bookings,
            children.c.given_name,
            children.c.family_name,
            children.c.born_on,
            slots.c.label.label("slot_label"),
        )
        .join(slots, slots.c.slot_id == bookings.c.slot_id)
        .join(activities, activities.c.activity_id == bookings.c.activity_id)
        .join(children, children.c.child_id == bookings.c.child_id)
        .where(bookings.c.day >= first, bookings.c.state.in_(TAKING | UNSETTLED))
        .order_by(bookings.c.day, children.c.family_name, children.c.given_name)
    )
    if last is not None:
        statement = statement.where(bookings.c.day <= last)
    if activity_id is not None:
        statement = statement.where(bookings.c.activity_id == activity_id)
    if centre_id is not None:
        statement = statement.where(activities.c.centre_id == centre_id)
    rows = await connection.execute(statement)
    return [standing_of(row, BookingState(row.state)) for row in rows]


def standing_of(row: Any, state: BookingState) -> Standing:
    """A row of a booking with its child's names and its slot's label."""
    return Standing(
        booking_id=row.booking_id,
        family_id=row.family_id,
        child_id=row.child_id,
        child_name=f"{row.given_name} {row.family_name}",
        born_on=row.born_on,
        slot_id=row.slot_id,
        slot_label=row.slot_label,
        day=row.day,
        begins=row.period.lower,
        ends=row.period.upper,
        state=state,
    )


async def key_of_booking(connection: AsyncConnection, booking_id: UUID) -> PlaceKey:
    """The places that it counts in, as they were chosen when it was made."""
    row = (
        await connection.execute(
            select(bookings.c.activity_id, bookings.c.day, bookings.c.age_group).where(
                bookings.c.booking_id == booking_id
            )
        )
    ).one()
    return PlaceKey(row.activity_id, row.day, AgeGroup(row.age_group))
