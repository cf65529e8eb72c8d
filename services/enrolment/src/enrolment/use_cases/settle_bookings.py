"""The end of a request for places: held places are booked, or free again."""

from datetime import datetime

from chassis.database import Transaction
from enrolment.domain.booking import UNSETTLED, BookingState
from enrolment.domain.request import LineOutcome
from enrolment.store.bookings import MovedBooking, move_bookings
from enrolment.store.request_records import RequestRecord
from enrolment.store.requests import settle_lines
from enrolment.store.tables import bookings
from portail_contracts.enrolment import BookingConfirmed
from portail_contracts.event import Event

from .decisions import Decision
from .moving import follow


async def accept(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    """What waits in a line goes on waiting: its offer will be the authority's answer."""
    moved = await move_bookings(
        transaction.connection,
        bookings.c.request_id == record.request_id,
        (BookingState.REQUESTED,),
        BookingState.BOOKED,
    )
    await settle_lines(
        transaction.connection,
        record.request_id,
        LineOutcome.ACCEPTED,
        (LineOutcome.REQUESTED,),
    )
    await follow(transaction, moved, now)
    rates = {line.slot_id: line.rate_code for line in record.lines}
    return [confirmed(booking, rates[booking.slot_id], now) for booking in moved]


async def refuse(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    await _give_up(transaction, record, BookingState.REFUSED, decision.reason, now)
    return []


async def withdraw(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    await _give_up(transaction, record, BookingState.WITHDRAWN, None, now)
    return []


async def _give_up(
    transaction: Transaction,
    record: RequestRecord,
    state: BookingState,
    reason: str | None,
    now: datetime,
) -> None:
    outcome = LineOutcome.REFUSED if state is BookingState.REFUSED else LineOutcome.WITHDRAWN
    moved = await move_bookings(
        transaction.connection,
        bookings.c.request_id == record.request_id,
        UNSETTLED,
        state,
        reason=reason,
    )
    await settle_lines(transaction.connection, record.request_id, outcome)
    await follow(transaction, moved, now)


def confirmed(booking: MovedBooking, rate_code: str, now: datetime) -> BookingConfirmed:
    return BookingConfirmed(
        version=booking.version,
        family_id=booking.family_id,
        booking_id=booking.booking_id,
        child_id=booking.child_id,
        activity_id=booking.places.activity_id,
        slot_id=booking.slot_id,
        day=booking.places.day,
        rate_code=rate_code,
        confirmed_at=now,
    )
