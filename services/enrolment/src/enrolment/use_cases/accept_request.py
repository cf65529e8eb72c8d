"""Staff accept a request: what was held is booked, and everyone who must know is told."""

from datetime import datetime

from chassis.database import Transaction
from enrolment.domain.booking import BookingState
from enrolment.domain.request import LineOutcome, Step
from enrolment.store.bookings import SettledBooking
from enrolment.store.places import Change
from enrolment.store.request_records import RequestRecord, get_request
from portail_contracts.enrolment import (
    BookingConfirmed,
    Outcome,
    RequestAccepted,
    RequestApplied,
)

from .decisions import Decision, announcement, fact, open_request, settle, take_step


async def accept_request(
    transaction: Transaction, decision: Decision, *, now: datetime
) -> RequestRecord:
    """Accept, and apply at once: enrolment owns what a booking request changes.

    Raises NotFound, RequestChanged.
    """
    record = await open_request(transaction, decision, Step.ACCEPT)
    accepted, applied = record.version + 1, record.version + 2
    settled = await settle(
        transaction,
        record,
        BookingState.BOOKED,
        LineOutcome.ACCEPTED,
        Change(booked=1, held=-1),
    )
    await take_step(transaction, record, Step.ACCEPT, decision.actor, now, version=accepted)
    await take_step(transaction, record, Step.APPLY, decision.actor, now, version=applied)
    transaction.record(RequestAccepted(**fact(record, accepted), decided_at=now))
    for booking in settled:
        transaction.record(_confirmed(record, booking, now))
    transaction.record(RequestApplied(**fact(record, applied), applied_at=now))
    transaction.record(announcement(record, applied, Outcome.ACCEPTED, now))
    return await get_request(transaction.connection, record.request_id)


def _confirmed(record: RequestRecord, booking: SettledBooking, now: datetime) -> BookingConfirmed:
    line = next(line for line in record.lines if line.booking_id == booking.booking_id)
    return BookingConfirmed(
        version=booking.version,
        family_id=record.family_id,
        booking_id=booking.booking_id,
        child_id=booking.child_id,
        activity_id=booking.places.activity_id,
        slot_id=booking.slot_id,
        day=booking.places.day,
        rate_code=line.rate_code,
        confirmed_at=now,
    )
