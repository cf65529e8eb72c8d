"""Bookings: who is expected where, and from which request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.activity import Slot
from enrolment.domain.booking import Booking, BookingState
from enrolment.domain.diary import Child, PlaceKey, place_key
from enrolment.domain.places import AgeGroup

from .tables import bookings, requests, slots


async def bookings_of_children(
    connection: AsyncConnection, child_ids: Iterable[UUID], first: date, last: date
) -> list[Booking]:
    """Bookings of these children between these days, both included, in the order made."""
    rows = await connection.execute(
        select(
            bookings,
            slots.c.label.label("slot_label"),
            requests.c.number.label("request_number"),
        )
        .join(slots, slots.c.slot_id == bookings.c.slot_id)
        .join(requests, requests.c.request_id == bookings.c.request_id)
        .where(bookings.c.child_id.in_(sorted(set(child_ids))), bookings.c.day.between(first, last))
        # Identifiers are made in the order of time (UUIDv7).
        .order_by(bookings.c.booking_id)
    )
    return [_booking(row) for row in rows]


async def add_bookings(
    connection: AsyncConnection, family_id: UUID, made: Sequence[tuple[Child, Slot, Booking]]
) -> None:
    """The database refuses two that take a place for one child at the same hours."""
    await connection.execute(
        insert(bookings),
        [
            {
                "booking_id": booking.booking_id,
                "request_id": booking.request_id,
                "family_id": family_id,
                "child_id": booking.child_id,
                "activity_id": booking.activity_id,
                "slot_id": booking.slot_id,
                "day": booking.day,
                "age_group": str(place_key(child, slot, booking.day).age_group),
                "period": Range(booking.begins, booking.ends, bounds="[)"),
                "state": str(booking.state),
                "version": 1,
            }
            for child, slot, booking in made
        ],
    )


@dataclass(frozen=True)
class SettledBooking:
    """A booking that has just changed state, and the places that it counts in."""

    booking_id: UUID
    version: int
    child_id: UUID
    slot_id: UUID
    places: PlaceKey


async def settle_bookings(
    connection: AsyncConnection, request_id: UUID, state: BookingState, reason: str | None
) -> list[SettledBooking]:
    """All that the request still asks for goes to this state, in the order of day and child."""
    rows = await connection.execute(
        update(bookings)
        .where(bookings.c.request_id == request_id, bookings.c.state == BookingState.REQUESTED)
        .values(state=str(state), version=bookings.c.version + 1, reason=reason)
        .returning(bookings)
    )
    found = [
        SettledBooking(
            row.booking_id,
            row.version,
            row.child_id,
            row.slot_id,
            PlaceKey(row.activity_id, row.day, AgeGroup(row.age_group)),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.places.day, one.child_id, one.booking_id))


def _booking(row: Any) -> Booking:
    return Booking(
        booking_id=row.booking_id,
        child_id=row.child_id,
        activity_id=row.activity_id,
        slot_id=row.slot_id,
        slot_label=row.slot_label,
        day=row.day,
        begins=row.period.lower,
        ends=row.period.upper,
        state=BookingState(row.state),
        request_id=row.request_id,
        request_number=row.request_number,
        reason=row.reason,
    )
