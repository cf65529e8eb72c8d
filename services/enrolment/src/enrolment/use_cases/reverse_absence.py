"""Staff take back an absence that was accepted: a mistake, or the child came after all.

The child is expected again and billing works the day out anew (decision 27). Its place may have
passed on: one child too many is possible, once staff have seen and confirmed it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Transaction
from enrolment.domain.booking import AbsenceState, Booking, BookingState
from enrolment.domain.request import (
    RULES,
    Actor,
    DayIsFull,
    LineOutcome,
    NotReversible,
    ReasonMissing,
    Step,
)
from enrolment.domain.submission import NotFound
from enrolment.store.absences import Absence, absences_of_request, settle_absence
from enrolment.store.bookings import bookings_of_children, find_booking, move_bookings
from enrolment.store.places import allow_one_more, lock_places
from enrolment.store.request_records import RequestLine, RequestRecord, get_request
from enrolment.store.requests import note_step, note_version, settle_line
from enrolment.store.standing import key_of_booking
from enrolment.store.tables import bookings
from portail_contracts.enrolment import AbsenceReversed, ReversalAnnounced

from .decisions import Decision, open_request
from .moving import follow
from .settle_absences import fields


@dataclass(frozen=True)
class Reversal:
    """One day of a request of absence; `seen_version` is the request's, as staff saw it."""

    request_id: UUID
    absence_id: UUID
    seen_version: int | None
    actor: Actor
    reason: str
    over_capacity: bool = False


async def reverse_absence(
    transaction: Transaction, reversal: Reversal, *, now: datetime
) -> RequestRecord:
    """Raises NotFound, RequestChanged, ReasonMissing, NotReversible, DayIsFull."""
    connection = transaction.connection
    decision = Decision(reversal.request_id, reversal.seen_version, reversal.actor)
    record = await open_request(transaction, decision, Step.REVERSE)
    reason = reversal.reason.strip()
    if not reason:
        raise ReasonMissing("Dites pourquoi cette absence est annulée.")
    absence = await _accepted(connection, reversal)
    booking = await _booking(connection, absence)
    await _take_place(transaction, booking, now, may_exceed=reversal.over_capacity)
    await settle_absence(connection, absence.absence_id, AbsenceState.REVERSED, now)
    await settle_line(connection, record.request_id, booking.booking_id, LineOutcome.REVERSED)
    version = record.version + 1
    state = RULES[Step.REVERSE].target
    await note_version(connection, record.request_id, version)
    await note_step(
        connection, record.request_id, Step.REVERSE, state, version, reversal.actor, now, reason
    )
    transaction.record(AbsenceReversed(**fields(absence, absence.version + 1), reversed_at=now))
    transaction.record(_told(record, absence, version, reason, now))
    return await get_request(connection, record.request_id)


async def _accepted(connection: AsyncConnection, reversal: Reversal) -> Absence:
    for one in await absences_of_request(connection, reversal.request_id):
        if one.absence_id == reversal.absence_id and one.state is AbsenceState.ACCEPTED:
            return one
    raise NotFound


async def _booking(connection: AsyncConnection, absence: Absence) -> Booking:
    """Raises NotReversible when the day is no more the child's to have."""
    booking = await find_booking(connection, absence.family_id, absence.booking_id)
    if booking is None or booking.state is not BookingState.ABSENT:
        raise NotReversible(
            "La réservation de ce jour n’existe plus\u00a0: réservez-le au guichet."
        )
    beside = await bookings_of_children(connection, [booking.child_id], booking.day, booking.day)
    if any(one.is_live and one.overlaps(booking.begins, booking.ends) for one in beside):
        raise NotReversible("L’enfant a depuis une autre place ou une demande aux mêmes heures.")
    return booking


async def _take_place(
    transaction: Transaction, booking: Booking, now: datetime, *, may_exceed: bool
) -> None:
    """A day that has begun is as it was: nobody else can be given its place."""
    connection = transaction.connection
    key = await key_of_booking(connection, booking.booking_id)
    places = (await lock_places(connection, [key])).get(key)
    if places is None:
        raise NotReversible("Ce jour n’est plus ouvert à l’activité.")
    if places.left < 1:
        if not may_exceed and now < booking.begins:
            raise DayIsFull
        await allow_one_more(connection, key)
    moved = await move_bookings(
        connection,
        bookings.c.booking_id == booking.booking_id,
        (BookingState.ABSENT,),
        BookingState.BOOKED,
    )
    await follow(transaction, moved, now)


def _told(
    record: RequestRecord, absence: Absence, version: int, reason: str, now: datetime
) -> ReversalAnnounced:
    line: RequestLine = next(one for one in record.lines if one.booking_id == absence.booking_id)
    return ReversalAnnounced(
        version=version,
        family_id=record.family_id,
        absence_id=absence.absence_id,
        request_id=record.request_id,
        number=record.number,
        child_id=line.child_id,
        child_name=line.child_given_name,
        slot_label=line.slot_label,
        day=line.day,
        reason=reason,
        announced_at=now,
    )
