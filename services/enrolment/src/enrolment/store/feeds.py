"""Calendars that families subscribe to: only a hash of each secret is kept."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.booking import BookingState

from .tables import activities, bookings, calendar_feeds, centres, children, slots


@dataclass(frozen=True)
class Feed:
    """`guardian_id` None: the family's common access made it."""

    feed_id: UUID
    family_id: UUID
    guardian_id: UUID | None
    created_at: datetime


@dataclass(frozen=True)
class FeedEntry:
    """A booking as a calendar tells it: nothing of health, nothing of money."""

    booking_id: UUID
    version: int
    child_name: str
    slot_label: str
    activity_label: str
    centre_name: str
    begins: datetime
    ends: datetime
    state: BookingState


async def add_feed(connection: AsyncConnection, feed: Feed, secret_hash: bytes) -> None:
    await connection.execute(insert(calendar_feeds).values(**vars(feed), secret_hash=secret_hash))


async def feeds_of(
    connection: AsyncConnection, family_id: UUID, guardian_id: UUID | None
) -> list[Feed]:
    """Those that this access made and that still answer, the newest first."""
    rows = await connection.execute(
        select(calendar_feeds)
        .where(
            calendar_feeds.c.family_id == family_id,
            calendar_feeds.c.guardian_id.is_not_distinct_from(guardian_id),
            calendar_feeds.c.revoked_at.is_(None),
        )
        .order_by(calendar_feeds.c.created_at.desc())
        .limit(20)
    )
    return [_feed(row) for row in rows]


async def feed_of_secret(connection: AsyncConnection, secret_hash: bytes) -> Feed | None:
    rows = await connection.execute(
        select(calendar_feeds).where(
            calendar_feeds.c.secret_hash == secret_hash, calendar_feeds.c.revoked_at.is_(None)
        )
    )
    row = rows.first()
    return _feed(row) if row else None


async def revoke_feed(
    connection: AsyncConnection, feed_id: UUID, family_id: UUID, at: datetime
) -> bool:
    """False also for another family's."""
    revoked = await connection.execute(
        update(calendar_feeds)
        .where(calendar_feeds.c.feed_id == feed_id, calendar_feeds.c.family_id == family_id)
        .values(revoked_at=at)
        .returning(calendar_feeds.c.feed_id)
    )
    return revoked.first() is not None


SHOWN = (
    BookingState.REQUESTED,
    BookingState.BOOKED,
    BookingState.REFUSED,
    BookingState.WITHDRAWN,
    BookingState.CANCELLED,
    BookingState.ABSENT,
)


async def entries_of_family(
    connection: AsyncConnection, family_id: UUID, first: date, last: date
) -> list[FeedEntry]:
    """Whatever was once in a calendar stays, so that the calendar can be told it is cancelled."""
    rows = await connection.execute(
        select(
            bookings,
            children.c.given_name,
            slots.c.label.label("slot_label"),
            activities.c.label.label("activity_label"),
            centres.c.name.label("centre_name"),
        )
        .join(slots, slots.c.slot_id == bookings.c.slot_id)
        .join(activities, activities.c.activity_id == bookings.c.activity_id)
        .join(centres, centres.c.centre_id == activities.c.centre_id)
        .join(children, children.c.child_id == bookings.c.child_id)
        .where(
            bookings.c.family_id == family_id,
            bookings.c.day.between(first, last),
            bookings.c.state.in_(SHOWN),
        )
        .order_by(bookings.c.day, bookings.c.booking_id)
        .limit(5_000)
    )
    return [_entry(row) for row in rows]


def _feed(row: Any) -> Feed:
    return Feed(row.feed_id, row.family_id, row.guardian_id, row.created_at)


def _entry(row: Any) -> FeedEntry:
    return FeedEntry(
        booking_id=row.booking_id,
        version=row.version,
        child_name=row.given_name,
        slot_label=row.slot_label,
        activity_label=row.activity_label,
        centre_name=row.centre_name,
        begins=row.period.lower,
        ends=row.period.upper,
        state=BookingState(row.state),
    )
