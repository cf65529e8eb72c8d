"""Places and waiting lists as staff plan with them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.booking import BookingState
from enrolment.domain.diary import PlaceKey
from enrolment.domain.places import AgeGroup, Places

from .tables import bookings, children, families, places, requests, slots

PER_PAGE = 100
SHOWN = (
    BookingState.BOOKED,
    BookingState.REQUESTED,
    BookingState.OFFERED,
    BookingState.WAITLISTED,
)


@dataclass(frozen=True)
class Seat:
    """One booking of a day, in the order of the line when it waits."""

    booking_id: UUID
    request_id: UUID
    request_number: str
    family_id: UUID
    child_name: str
    family_reference: str
    slot_label: str
    state: BookingState
    asked_at: datetime
    offer_expires_at: datetime | None
    places: PlaceKey


async def places_of_week(
    connection: AsyncConnection, activity_ids: Collection[UUID], first: date, last: date
) -> dict[PlaceKey, Places]:
    """Days of these activities that are open between these, both included."""
    rows = await connection.execute(
        select(places).where(
            places.c.activity_id.in_(list(activity_ids)), places.c.day.between(first, last)
        )
    )
    return {
        PlaceKey(row.activity_id, row.day, AgeGroup(row.age_group)): Places(
            row.capacity, row.booked, row.held, row.waiting, row.overbooking
        )
        for row in rows
    }


async def seats_of(connection: AsyncConnection, key: PlaceKey) -> list[Seat]:
    """Who has, holds or waits for a place of that day and age group."""
    statement = _seats().where(
        bookings.c.activity_id == key.activity_id,
        bookings.c.day == key.day,
        bookings.c.age_group == str(key.age_group),
        bookings.c.state.in_([str(state) for state in SHOWN]),
    )
    return [_seat(row) for row in await connection.execute(statement.limit(500))]


async def waiting_seats(
    connection: AsyncConnection, activity_ids: Collection[UUID], today: date, page: int
) -> tuple[list[Seat], bool]:
    """Lines and standing offers of the days to come, a page at a time; whether there are more."""
    statement = (
        _seats()
        .where(
            bookings.c.activity_id.in_(list(activity_ids)),
            bookings.c.day >= today,
            bookings.c.state.in_([str(BookingState.WAITLISTED), str(BookingState.OFFERED)]),
        )
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )
    found = [_seat(row) for row in await connection.execute(statement)]
    return found[:PER_PAGE], len(found) > PER_PAGE


def _seats() -> Any:
    return (
        select(
            bookings,
            requests.c.number,
            requests.c.submitted_at,
            children.c.given_name,
            children.c.family_name,
            families.c.reference,
            slots.c.label.label("slot_label"),
        )
        .join(requests, requests.c.request_id == bookings.c.request_id)
        .join(children, children.c.child_id == bookings.c.child_id)
        .join(slots, slots.c.slot_id == bookings.c.slot_id)
        .outerjoin(families, families.c.family_id == bookings.c.family_id)
        # Offered before waiting, each in the order of the line; the others by name.
        .order_by(
            bookings.c.day,
            bookings.c.activity_id,
            bookings.c.age_group,
            bookings.c.state,
            bookings.c.waiting_position,
            children.c.family_name,
            children.c.given_name,
        )
    )


def _seat(row: Any) -> Seat:
    return Seat(
        booking_id=row.booking_id,
        request_id=row.request_id,
        request_number=row.number,
        family_id=row.family_id,
        child_name=f"{row.family_name} {row.given_name}",
        family_reference=row.reference or "",
        slot_label=row.slot_label,
        state=BookingState(row.state),
        asked_at=row.submitted_at,
        offer_expires_at=row.offer_expires_at,
        places=PlaceKey(row.activity_id, row.day, AgeGroup(row.age_group)),
    )
