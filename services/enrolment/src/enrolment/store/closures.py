"""Closures, and the bookings that each of them cancelled."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.activity import Activity
from enrolment.domain.booking import TAKING, UNSETTLED, AbsenceState, BookingState
from enrolment.domain.diary import PlaceKey
from enrolment.domain.places import AgeGroup
from enrolment.domain.reopening import Cancelled
from enrolment.domain.request import RequestState
from enrolment.domain.school_calendar import Span

from .standing import standing_of
from .tables import absences, bookings, children, closed_bookings, closures, requests, slots


@dataclass(frozen=True)
class Closure:
    """Without centre and activity it is for everyone."""

    span: Span
    centre_id: UUID | None = None
    activity_id: UUID | None = None

    def holds(self, activity: Activity) -> bool:
        """Whether it is for that activity."""
        return self.centre_id in (None, activity.centre_id) and self.activity_id in (
            None,
            activity.activity_id,
        )


@dataclass(frozen=True, kw_only=True)
class KnownClosure(Closure):
    """A closure as it stands; every change raises its version."""

    closure_id: UUID
    version: int = 1

    def with_days(self, span: Span, version: int) -> "KnownClosure":
        return replace(self, span=span, version=version)


async def add_closure(connection: AsyncConnection, closure_id: UUID, closure: Closure) -> None:
    await connection.execute(
        insert(closures).values(
            closure_id=closure_id,
            centre_id=closure.centre_id,
            activity_id=closure.activity_id,
            first_day=closure.span.first,
            last_day=closure.span.last,
            label=closure.span.label,
        )
    )


async def all_closures(connection: AsyncConnection, today: date) -> list[KnownClosure]:
    """Those that are not over, the nearest first."""
    rows = await connection.execute(
        select(closures)
        .where(closures.c.last_day >= today)
        .order_by(closures.c.first_day, closures.c.label)
        .limit(500)
    )
    return [_known(row) for row in rows]


async def find_closure(
    connection: AsyncConnection, closure_id: UUID, *, lock: bool = False
) -> KnownClosure | None:
    statement = select(closures).where(closures.c.closure_id == closure_id)
    row = (await connection.execute(statement.with_for_update() if lock else statement)).first()
    return _known(row) if row else None


async def closures_beside(connection: AsyncConnection, closure: KnownClosure) -> list[KnownClosure]:
    """Other closures that share days with this one, whoever they are for."""
    rows = await connection.execute(
        select(closures)
        .where(
            closures.c.closure_id != closure.closure_id,
            closures.c.first_day <= closure.span.last,
            closures.c.last_day >= closure.span.first,
        )
        .order_by(closures.c.closure_id)
    )
    return [_known(row) for row in rows]


async def write_span(connection: AsyncConnection, closure_id: UUID, span: Span) -> int:
    """The closure is for these days now; returns its new version."""
    written = await connection.execute(
        update(closures)
        .where(closures.c.closure_id == closure_id)
        .values(
            first_day=span.first,
            last_day=span.last,
            label=span.label,
            version=closures.c.version + 1,
        )
        .returning(closures.c.version)
    )
    return int(written.scalar_one())


async def remove_closure(connection: AsyncConnection, closure_id: UUID) -> None:
    """With what it still remembers of the bookings that it cancelled."""
    for table in (closed_bookings, closures):
        await connection.execute(delete(table).where(table.c.closure_id == closure_id))


async def note_closed(
    connection: AsyncConnection, closure_id: UUID, booking_ids: Iterable[UUID]
) -> None:
    """Before they are cancelled: what they were is what lifting the closure gives back."""
    wanted = select(
        bookings.c.booking_id,
        literal(closure_id, closed_bookings.c.closure_id.type),
        bookings.c.state,
        bookings.c.cancel_request_id,
    ).where(bookings.c.booking_id.in_(list(booking_ids)), bookings.c.state.in_(TAKING | UNSETTLED))
    await connection.execute(
        insert(closed_bookings).from_select(
            ["booking_id", "closure_id", "was", "cancel_request_id"], wanted
        )
    )


async def cancelled_by(connection: AsyncConnection, closure_id: UUID) -> list[Cancelled]:
    """What the closure cancelled, as it was before."""
    return [_one(row) for row in await connection.execute(_cancelled(closure_id))]


async def forget_closed(connection: AsyncConnection, booking_ids: Collection[UUID]) -> None:
    await connection.execute(
        delete(closed_bookings).where(closed_bookings.c.booking_id.in_(list(booking_ids)))
    )


async def hand_over(connection: AsyncConnection, booking_id: UUID, closure_id: UUID) -> None:
    """Another closure keeps the booking cancelled from now on."""
    await connection.execute(
        update(closed_bookings)
        .where(closed_bookings.c.booking_id == booking_id)
        .values(closure_id=closure_id)
    )


def _has_other_plans() -> ColumnElement[bool]:
    other = bookings.alias("other")
    return (
        select(other.c.booking_id)
        .where(
            other.c.child_id == bookings.c.child_id,
            other.c.state.in_(TAKING | UNSETTLED),
            or_(
                other.c.period.op("&&")(bookings.c.period),
                (other.c.slot_id == bookings.c.slot_id) & (other.c.day == bookings.c.day),
            ),
        )
        .exists()
    )


def _is_absent() -> ColumnElement[bool]:
    return (
        select(absences.c.absence_id)
        .where(
            absences.c.booking_id == bookings.c.booking_id,
            absences.c.state == AbsenceState.ACCEPTED,
        )
        .exists()
    )


def _cancelled(closure_id: UUID) -> Select[Any]:
    cancelling = requests.alias("cancelling")
    return (
        select(
            bookings,
            closed_bookings.c.was,
            children.c.given_name,
            children.c.family_name,
            children.c.born_on,
            slots.c.label.label("slot_label"),
            requests.c.state.label("request_state"),
            cancelling.c.request_id.label("cancelling_id"),
            _has_other_plans().label("has_other_plans"),
            _is_absent().label("is_absent"),
        )
        .join(closed_bookings, closed_bookings.c.booking_id == bookings.c.booking_id)
        .join(slots, slots.c.slot_id == bookings.c.slot_id)
        .join(children, children.c.child_id == bookings.c.child_id)
        .join(requests, requests.c.request_id == bookings.c.request_id)
        .outerjoin(
            cancelling,
            (cancelling.c.request_id == closed_bookings.c.cancel_request_id)
            & (cancelling.c.state == RequestState.PENDING),
        )
        .where(
            closed_bookings.c.closure_id == closure_id,
            bookings.c.state == BookingState.CANCELLED,
        )
        .order_by(bookings.c.day, children.c.family_name, children.c.given_name)
    )


def _one(row: Any) -> Cancelled:
    return Cancelled(
        standing_of(row, BookingState(row.was)),
        PlaceKey(row.activity_id, row.day, AgeGroup(row.age_group)),
        RequestState(row.request_state),
        row.cancelling_id,
        row.has_other_plans,
        row.is_absent,
    )


def _known(row: Any) -> KnownClosure:
    return KnownClosure(
        Span(row.first_day, row.last_day, row.label),
        row.centre_id,
        row.activity_id,
        closure_id=row.closure_id,
        version=row.version,
    )
