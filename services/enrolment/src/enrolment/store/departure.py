"""What a child who leaves its family's file would leave behind: days, enrolments, requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import any_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.booking import TAKING, UNSETTLED
from enrolment.domain.enrolled import EnrolmentState
from enrolment.domain.request import RequestState

from .enrolments import ListedEnrolment, enrolments_of_child
from .tables import activities, bookings, request_lines, requests, slots

MOST_REQUESTS = 20


@dataclass(frozen=True)
class ComingDays:
    """Days of one slot that are booked, asked for or waited for."""

    activity_label: str
    slot_label: str
    days: int
    first: date
    last: date


@dataclass(frozen=True)
class Waiting:
    """A request about the child that nobody has decided yet."""

    request_id: UUID
    number: str


@dataclass(frozen=True)
class Departure:
    """All of it, as of a day."""

    coming: Sequence[ComingDays]
    enrolments: Sequence[ListedEnrolment]
    waiting: Sequence[Waiting]


async def departure_of(connection: AsyncConnection, child_id: UUID, today: date) -> Departure:
    """What is to come after `today`, and what must be decided before the child leaves."""
    return Departure(
        await _coming(connection, child_id, today),
        [
            one
            for one in await enrolments_of_child(connection, child_id)
            if one.enrolment.state is EnrolmentState.ACTIVE and one.enrolment.last > today
        ],
        await _waiting(connection, child_id),
    )


async def _coming(connection: AsyncConnection, child_id: UUID, today: date) -> list[ComingDays]:
    day = bookings.c.day
    labels = (activities.c.label, slots.c.label)
    rows = await connection.execute(
        select(*labels, func.count(), func.min(day), func.max(day))
        .select_from(bookings)
        .join(slots, slots.c.slot_id == bookings.c.slot_id)
        .join(activities, activities.c.activity_id == bookings.c.activity_id)
        .where(
            bookings.c.child_id == child_id,
            day > today,
            bookings.c.state.in_([str(state) for state in TAKING | UNSETTLED]),
        )
        .group_by(*labels)
        .order_by(func.min(day), *labels)
    )
    return [ComingDays(*row) for row in rows]


async def _waiting(connection: AsyncConnection, child_id: UUID) -> list[Waiting]:
    of_a_line = select(request_lines.c.request_id).where(request_lines.c.child_id == child_id)
    rows = await connection.execute(
        select(requests.c.request_id, requests.c.number)
        .where(
            requests.c.state.in_([str(RequestState.PENDING), str(RequestState.FAILED)]),
            or_(
                literal(child_id) == any_(requests.c.child_ids),
                requests.c.request_id.in_(of_a_line),
            ),
        )
        .order_by(requests.c.submitted_at, requests.c.request_id)
        .limit(MOST_REQUESTS)
    )
    return [Waiting(row.request_id, row.number) for row in rows]
