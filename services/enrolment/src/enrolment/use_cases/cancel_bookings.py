"""A family asks to cancel bookings; each line is answered, in notice or late."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Transaction
from enrolment.domain.activity import Activity
from enrolment.domain.agenda import CellFacts, obstacle_to_cancel
from enrolment.domain.booking import Booking
from enrolment.domain.diary import Child
from enrolment.domain.notice import NoticeAction
from enrolment.domain.request import Actor
from enrolment.domain.school_calendar import SchoolCalendar
from enrolment.domain.submission import (
    Line,
    NotFound,
    NothingToRequest,
    UnknownFamily,
)
from enrolment.store.bookings import bookings_of_children, mark_cancelling
from enrolment.store.catalogue import Catalogue, catalogue_of_slots
from enrolment.store.families import Family
from enrolment.store.request_records import RequestLine
from enrolment.store.requests import add_lines
from enrolment.wording import cancelling_sentence, sentence_for
from portail_contracts.enrolment import RequestKind

from .keep_request import Sending, Submitted, keep, known_family, sent_before, submitted
from .named_lines import answered, named_line


@dataclass(frozen=True)
class Cancellation:
    """What was sent."""

    request_id: UUID
    family_id: UUID
    lines: tuple[Line, ...]
    actor: Actor


async def cancel_bookings(
    transaction: Transaction,
    cancellation: Cancellation,
    *,
    now: datetime,
    calendar: SchoolCalendar,
) -> Submitted:
    """Keep the request; the bookings stand until staff accept it.

    Raises UnknownFamily, NotFound, RequestIdReused, NothingToRequest.
    """
    sending = Sending(
        cancellation.request_id,
        cancellation.family_id,
        RequestKind.BOOKING_CANCEL,
        cancellation.actor,
    )
    family = await known_family(transaction, cancellation.family_id)
    earlier = await sent_before(transaction, sending, cancellation.lines)
    if earlier is not None:
        return earlier
    answers = await _answers(transaction.connection, cancellation, family, now, calendar)
    asked = [line for line in answers if line.was_requested]
    if not asked:
        raise NothingToRequest(
            [answered(line) for line in answers], "Aucune de ces réservations ne peut être annulée."
        )
    record = await keep(transaction, sending, family, now, answers)
    await add_lines(transaction.connection, record)
    await mark_cancelling(
        transaction.connection,
        [line.booking_id for line in asked if line.booking_id],
        record.request_id,
    )
    transaction.record(submitted(record))
    return Submitted(record, repeated=False)


async def _answers(
    connection: AsyncConnection,
    cancellation: Cancellation,
    family: Family,
    now: datetime,
    calendar: SchoolCalendar,
) -> list[RequestLine]:
    lines = cancellation.lines
    catalogue = await catalogue_of_slots(connection, (line.slot_id for line in lines))
    days = [line.day for line in lines]
    found = await bookings_of_children(
        connection, (line.child_id for line in lines), min(days), max(days)
    )
    standing = {
        (one.child_id, one.slot_id, one.day): one
        for one in sorted(found, key=lambda one: one.is_live)
    }
    answers = []
    for line in lines:
        child = family.child(line.child_id)
        if child is None:
            raise UnknownFamily
        if line.slot_id not in catalogue.slots:
            raise NotFound
        booking = standing.get((line.child_id, line.slot_id, line.day))
        answers.append(_answer(line, child, booking, catalogue, now, calendar))
    return answers


def _answer(
    line: Line,
    child: Child,
    booking: Booking | None,
    catalogue: Catalogue,
    now: datetime,
    calendar: SchoolCalendar,
) -> RequestLine:
    slot = catalogue.slots[line.slot_id]
    activity = catalogue.activities[slot.activity_id]
    why = obstacle_to_cancel(booking, now)
    in_notice = is_in_notice(activity, booking, now, calendar) if booking else False
    words = (
        sentence_for(why, CellFacts(booking=booking), now)
        if why
        else cancelling_sentence(in_notice=in_notice)
    )
    named = named_line(child, slot, catalogue, line.day, why, words)
    if why is not None or booking is None:
        return named
    return replace(named, booking_id=booking.booking_id, in_notice=in_notice)


def is_in_notice(
    activity: Activity, booking: Booking, now: datetime, calendar: SchoolCalendar
) -> bool:
    """Where no rule speaks of cancelling, what limits booking limits it too."""
    limit = activity.cut_off(NoticeAction.CANCEL, booking.day, calendar) or activity.cut_off(
        NoticeAction.BOOK, booking.day, calendar
    )
    return now < (limit or booking.begins)
