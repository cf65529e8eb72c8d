"""Families by what they have booked."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import activities, bookings


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
