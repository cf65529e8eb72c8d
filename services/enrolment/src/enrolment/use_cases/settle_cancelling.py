"""The end of a request to cancel bookings: their places pass on, or stay."""

from datetime import datetime

from sqlalchemy import ColumnElement

from chassis.database import Transaction
from enrolment.domain.booking import TAKING, UNSETTLED, BookingState
from enrolment.domain.request import LineOutcome
from enrolment.store.bookings import MovedBooking, mark_cancelling, move_bookings
from enrolment.store.request_records import RequestRecord
from enrolment.store.requests import settle_lines
from enrolment.store.tables import bookings
from portail_contracts.enrolment import BookingCancelled
from portail_contracts.event import Event

from .decisions import Decision
from .moving import follow


async def accept(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    """Whether it was in time counts from when it was asked, not from when it was decided."""
    in_notice = {line.booking_id: bool(line.in_notice) for line in record.lines}
    moved = await move_bookings(
        transaction.connection,
        bookings.c.cancel_request_id == record.request_id,
        (BookingState.BOOKED,),
        BookingState.CANCELLED,
        cancel_request_id=None,
    )
    await settle_lines(transaction.connection, record.request_id, LineOutcome.ACCEPTED)
    await follow(transaction, moved, now)
    return [cancelled(one, now, in_notice=in_notice[one.booking_id]) for one in moved]


async def refuse(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    await _keep(transaction, record, LineOutcome.REFUSED)
    return []


async def withdraw(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    await _keep(transaction, record, LineOutcome.WITHDRAWN)
    return []


async def _keep(transaction: Transaction, record: RequestRecord, outcome: LineOutcome) -> None:
    ids = [line.booking_id for line in record.lines if line.booking_id and line.was_requested]
    await mark_cancelling(transaction.connection, ids, None)
    await settle_lines(transaction.connection, record.request_id, outcome)


async def call_off_bookings(
    transaction: Transaction, which: ColumnElement[bool], now: datetime
) -> None:
    """By the authority and not at a family's request: nobody is billed for it."""
    moved = await move_bookings(
        transaction.connection,
        which,
        TAKING | UNSETTLED,
        BookingState.CANCELLED,
        cancel_request_id=None,
    )
    for one in moved:
        if one.was is BookingState.BOOKED:
            transaction.record(cancelled(one, now, in_notice=True))
    await follow(transaction, moved, now)


def cancelled(booking: MovedBooking, now: datetime, *, in_notice: bool) -> BookingCancelled:
    return BookingCancelled(
        version=booking.version,
        family_id=booking.family_id,
        booking_id=booking.booking_id,
        child_id=booking.child_id,
        activity_id=booking.places.activity_id,
        slot_id=booking.slot_id,
        day=booking.places.day,
        in_notice=in_notice,
        cancelled_at=now,
    )
