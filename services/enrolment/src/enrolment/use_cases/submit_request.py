"""A family asks for places: lines are answered one by one, and a place is held for each."""

from collections import defaultdict
from datetime import datetime

from chassis.database import Transaction
from enrolment.domain.activity import Slot
from enrolment.domain.booking import Booking, BookingState, counts_as
from enrolment.domain.diary import Child, PlaceKey, place_key
from enrolment.domain.places import Change
from enrolment.domain.school_calendar import SchoolCalendar
from enrolment.domain.submission import NothingToRequest, RequestIdReused
from enrolment.store.submissions import keep_submission
from portail_contracts.enrolment import PlaceWaitlisted, RequestKind

from .answer_lines import Answers, Submission, answer_lines
from .keep_request import Sending, Submitted, known_family, numbered, sent_before, submitted

__all__ = ["Submission", "Submitted", "submit_request"]


async def submit_request(
    transaction: Transaction, submission: Submission, *, now: datetime, calendar: SchoolCalendar
) -> Submitted:
    """Keep the request and hold its places; the same request twice is one request.

    Raises UnknownFamily (ask accounts, then try again), NotFound, RequestIdReused,
    NothingToRequest. A line that cannot be requested is kept beside the others with its reason;
    one that finds no place waits for it in line.
    """
    connection = transaction.connection
    sending = Sending(
        submission.request_id,
        submission.family_id,
        RequestKind.BOOKING_REQUEST,
        submission.actor,
    )
    family = await known_family(transaction, submission.family_id)
    earlier = await sent_before(transaction, sending, submission.lines)
    if earlier is not None:
        return earlier
    answers = await answer_lines(connection, submission, family, now=now, calendar=calendar)
    if not answers.given:
        raise NothingToRequest([one.answered for one in answers.lines])
    record = await numbered(transaction, sending, family, now, answers.as_stored())
    changes = _counted(answers.given)
    if not await keep_submission(connection, record, submission.actor, answers.given, changes):
        # Another family's request got this identifier in the meantime.
        raise RequestIdReused
    transaction.record(submitted(record))
    _tell_waiting(transaction, submission, answers)
    return Submitted(record, repeated=False)


def _counted(given: list[tuple[Child, Slot, Booking]]) -> dict[PlaceKey, Change]:
    changes: dict[PlaceKey, Change] = defaultdict(Change)
    for child, slot, booking in given:
        changes[place_key(child, slot, booking.day)] += counts_as(booking.state)
    return changes


def _tell_waiting(transaction: Transaction, submission: Submission, answers: Answers) -> None:
    for _, _, booking in answers.given:
        if booking.state is BookingState.WAITLISTED:
            transaction.record(
                PlaceWaitlisted(
                    version=1,
                    family_id=submission.family_id,
                    booking_id=booking.booking_id,
                    child_id=booking.child_id,
                    activity_id=booking.activity_id,
                    slot_id=booking.slot_id,
                    day=booking.day,
                    rank=booking.rank or 1,
                )
            )
