"""Who waits for a place, and who has been offered one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.booking import BookingState
from enrolment.domain.diary import PlaceKey
from enrolment.domain.places import AgeGroup

from .tables import activities, bookings, centres, children, slots


@dataclass(frozen=True)
class FirstInLine:
    """The booking that a freed place belongs to, with the words owed to its family."""

    booking_id: UUID
    family_id: UUID
    begins: datetime
    offer_hours: int
    child_name: str
    slot_label: str
    centre_name: str


@dataclass(frozen=True)
class StandingOffer:
    """An offer that waits for its family's answer."""

    booking_id: UUID
    family_id: UUID
    places: PlaceKey
    expires_at: datetime


@dataclass(frozen=True)
class OfferedPlace:
    """A place kept for a child until its family answers, in words."""

    booking_id: UUID
    child_id: UUID
    child_name: str
    slot_label: str
    day: date
    until: datetime


async def first_in_line(connection: AsyncConnection, key: PlaceKey) -> FirstInLine | None:
    """Read while the places are locked: nobody else can then join or leave the line."""
    statement = (
        select(
            bookings.c.booking_id,
            bookings.c.family_id,
            bookings.c.period,
            activities.c.offer_hours,
            children.c.given_name,
            slots.c.label.label("slot_label"),
            centres.c.name.label("centre_name"),
        )
        .join(slots, slots.c.slot_id == bookings.c.slot_id)
        .join(activities, activities.c.activity_id == bookings.c.activity_id)
        .join(centres, centres.c.centre_id == activities.c.centre_id)
        .outerjoin(children, children.c.child_id == bookings.c.child_id)
        .where(
            bookings.c.state == BookingState.WAITLISTED,
            bookings.c.activity_id == key.activity_id,
            bookings.c.day == key.day,
            bookings.c.age_group == str(key.age_group),
        )
        .order_by(bookings.c.waiting_position)
        .limit(1)
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        return None
    return FirstInLine(
        row.booking_id,
        row.family_id,
        row.period.lower,
        row.offer_hours,
        row.given_name or "",
        row.slot_label,
        row.centre_name,
    )


async def places_offered_to(
    connection: AsyncConnection, family_id: UUID, now: datetime, limit: int = 20
) -> list[OfferedPlace]:
    """What the family may still accept, the most pressing first."""
    statement = (
        select(
            bookings.c.booking_id,
            bookings.c.child_id,
            children.c.given_name.label("child_name"),
            slots.c.label.label("slot_label"),
            bookings.c.day,
            bookings.c.offer_expires_at.label("until"),
        )
        .join(slots, slots.c.slot_id == bookings.c.slot_id)
        .join(children, children.c.child_id == bookings.c.child_id)
        .where(
            bookings.c.family_id == family_id,
            bookings.c.state == BookingState.OFFERED,
            bookings.c.offer_expires_at > now,
        )
        .order_by(bookings.c.offer_expires_at, bookings.c.booking_id)
        .limit(limit)
    )
    return [OfferedPlace(*row) for row in await connection.execute(statement)]


async def expired_offers(
    connection: AsyncConnection, now: datetime, limit: int = 100
) -> list[StandingOffer]:
    """Offers nobody answered in time, the oldest first."""
    statement = _offers().where(bookings.c.offer_expires_at <= now).limit(limit)
    return [_offer(row) for row in await connection.execute(statement)]


async def find_offer(connection: AsyncConnection, booking_id: UUID) -> StandingOffer | None:
    """Locked, so that accepting and expiring cannot both happen; the family is locked before."""
    statement = _offers().where(bookings.c.booking_id == booking_id).with_for_update()
    row = (await connection.execute(statement)).first()
    return _offer(row) if row else None


def _offers() -> Select[Any]:
    return (
        select(bookings)
        .where(bookings.c.state == BookingState.OFFERED)
        .order_by(bookings.c.offer_expires_at, bookings.c.booking_id)
    )


def _offer(row: Any) -> StandingOffer:
    return StandingOffer(
        row.booking_id,
        row.family_id,
        PlaceKey(row.activity_id, row.day, AgeGroup(row.age_group)),
        row.offer_expires_at,
    )
