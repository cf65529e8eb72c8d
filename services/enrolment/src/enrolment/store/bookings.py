"""Bookings: who is expected where, and from which request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.attendance import Presence
from enrolment.domain.booking import AbsenceMark, AbsenceState, Booking, BookingState, counts_as
from enrolment.domain.diary import PlaceKey
from enrolment.domain.places import AgeGroup, Change

from .tables import absence_reasons, absences, attendances, bookings, requests, slots

_ahead = bookings.alias("ahead")
_RANK = (
    select(func.count())
    .select_from(_ahead)
    .where(
        _ahead.c.state == BookingState.WAITLISTED,
        _ahead.c.activity_id == bookings.c.activity_id,
        _ahead.c.day == bookings.c.day,
        _ahead.c.age_group == bookings.c.age_group,
        _ahead.c.waiting_position <= bookings.c.waiting_position,
    )
    .scalar_subquery()
)
_LIVE_ABSENCE = (AbsenceState.DECLARED, AbsenceState.ACCEPTED)

_SELECTED = (
    select(
        bookings,
        slots.c.label.label("slot_label"),
        requests.c.number.label("request_number"),
        case((bookings.c.state == BookingState.WAITLISTED, _RANK)).label("rank"),
        absences.c.absence_id,
        absences.c.request_id.label("absence_request_id"),
        absences.c.state.label("absence_state"),
        absences.c.justified,
        absences.c.billable,
        case((absences.c.document_received_at.is_(None), absences.c.document_due_at)).label(
            "document_due_at"
        ),
        absence_reasons.c.label.label("absence_label"),
        attendances.c.presence,
    )
    .join(slots, slots.c.slot_id == bookings.c.slot_id)
    .join(requests, requests.c.request_id == bookings.c.request_id)
    .outerjoin(
        absences,
        (absences.c.booking_id == bookings.c.booking_id) & absences.c.state.in_(_LIVE_ABSENCE),
    )
    .outerjoin(absence_reasons, absence_reasons.c.code == absences.c.reason_code)
    .outerjoin(
        attendances,
        (attendances.c.child_id == bookings.c.child_id)
        & (attendances.c.slot_id == bookings.c.slot_id)
        & (attendances.c.day == bookings.c.day),
    )
)


# Built once: its cache key costs more than its rows.
_OF_CHILDREN = (
    _SELECTED.where(
        bookings.c.child_id == func.any(bindparam("child_ids", type_=ARRAY(Uuid))),
        bookings.c.day.between(bindparam("first"), bindparam("last")),
    )
    # Identifiers are made in the order of time (UUIDv7).
    .order_by(bookings.c.booking_id)
)


async def bookings_of_children(
    connection: AsyncConnection, child_ids: Iterable[UUID], first: date, last: date
) -> list[Booking]:
    """Bookings of these children between these days, both included, in the order made."""
    wanted = {"child_ids": sorted(set(child_ids)), "first": first, "last": last}
    rows = await connection.execute(_OF_CHILDREN, wanted)
    return [_booking(row) for row in rows]


async def find_booking(
    connection: AsyncConnection, family_id: UUID, booking_id: UUID
) -> Booking | None:
    """None also for another family's booking."""
    rows = await connection.execute(
        _SELECTED.where(bookings.c.booking_id == booking_id, bookings.c.family_id == family_id)
    )
    row = rows.first()
    return _booking(row) if row else None


@dataclass(frozen=True)
class MovedBooking:
    """A booking that has just changed state, and the places that it counts in."""

    booking_id: UUID
    version: int
    family_id: UUID
    request_id: UUID
    child_id: UUID
    slot_id: UUID
    places: PlaceKey
    begins: datetime
    was: BookingState
    state: BookingState

    @property
    def change(self) -> Change:
        return counts_as(self.state) - counts_as(self.was)


async def move_bookings(
    connection: AsyncConnection,
    which: ColumnElement[bool],
    sources: Iterable[BookingState],
    state: BookingState,
    **values: Any,
) -> list[MovedBooking]:
    """Those in one of the source states go to this one, in the order of day and child.

    Lock their family before, and bring the places up to date after (`use_cases/moving.py`).
    """
    old = (
        select(bookings.c.booking_id, bookings.c.state)
        .where(which, bookings.c.state.in_([str(source) for source in sources]))
        .with_for_update()
        .cte("old")
    )
    rows = await connection.execute(
        update(bookings)
        .where(bookings.c.booking_id == old.c.booking_id)
        .values(state=str(state), version=bookings.c.version + 1, **values)
        .returning(bookings, old.c.state.label("was"))
    )
    found = [_moved(row) for row in rows]
    return sorted(found, key=lambda one: (one.places.day, one.child_id, one.booking_id))


async def mark_cancelling(
    connection: AsyncConnection, booking_ids: Iterable[UUID], request_id: UUID | None
) -> None:
    """A request to cancel these is pending, or (None) is no more."""
    await connection.execute(
        update(bookings)
        .where(bookings.c.booking_id.in_(list(booking_ids)))
        .values(cancel_request_id=request_id)
    )


def _moved(row: Any) -> MovedBooking:
    return MovedBooking(
        booking_id=row.booking_id,
        version=row.version,
        family_id=row.family_id,
        request_id=row.request_id,
        child_id=row.child_id,
        slot_id=row.slot_id,
        places=PlaceKey(row.activity_id, row.day, AgeGroup(row.age_group)),
        begins=row.period.lower,
        was=BookingState(row.was),
        state=BookingState(row.state),
    )


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
        cancel_request_id=row.cancel_request_id,
        rank=row.rank,
        offer_expires_at=row.offer_expires_at,
        absence=_absence(row) if row.absence_id else None,
        presence=Presence(row.presence) if row.presence else None,
    )


def _absence(row: Any) -> AbsenceMark:
    return AbsenceMark(
        absence_id=row.absence_id,
        request_id=row.absence_request_id,
        state=AbsenceState(row.absence_state),
        reason_label=row.absence_label,
        justified=row.justified,
        billable=row.billable,
        document_due_at=row.document_due_at,
    )
