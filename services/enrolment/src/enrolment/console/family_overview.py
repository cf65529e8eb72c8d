"""What enrolment itself knows of one family: its last requests and the next days booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.booking import BookingState
from enrolment.store.request_records import RequestRecord, selected_requests, with_lines
from enrolment.store.tables import activities, bookings, children, requests, slots

MOST_REQUESTS = 5
MOST_DAYS = 8


@dataclass(frozen=True)
class NextDay:
    """One day on which a child is expected, or waits."""

    day: date
    child_name: str
    slot_label: str
    activity_label: str
    state: BookingState


async def last_requests(connection: AsyncConnection, family_id: UUID) -> Sequence[RequestRecord]:
    """Newest first."""
    statement = (
        selected_requests()
        .where(requests.c.family_id == family_id)
        .order_by(requests.c.submitted_at.desc(), requests.c.request_id.desc())
        .limit(MOST_REQUESTS)
    )
    return await with_lines(connection, (await connection.execute(statement)).all())


async def next_days(connection: AsyncConnection, family_id: UUID, today: date) -> list[NextDay]:
    shown = (BookingState.BOOKED, BookingState.REQUESTED, BookingState.WAITLISTED)
    statement = (
        select(
            bookings.c.day,
            children.c.given_name,
            slots.c.label.label("slot"),
            activities.c.label.label("activity"),
            bookings.c.state,
        )
        .join(children, children.c.child_id == bookings.c.child_id)
        .join(slots, slots.c.slot_id == bookings.c.slot_id)
        .join(activities, activities.c.activity_id == bookings.c.activity_id)
        .where(
            bookings.c.family_id == family_id,
            bookings.c.day >= today,
            bookings.c.state.in_([str(state) for state in shown]),
        )
        .order_by(bookings.c.day, children.c.given_name, bookings.c.booking_id)
        .limit(MOST_DAYS)
    )
    rows = await connection.execute(statement)
    return [
        NextDay(row.day, row.given_name, row.slot, row.activity, BookingState(row.state))
        for row in rows
    ]
