"""A family asks for places: lines are answered one by one, and a place is held for each."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from chassis.clock import local_date
from chassis.database import Transaction
from enrolment.domain.activity import Slot
from enrolment.domain.booking import Booking
from enrolment.domain.diary import Child, PlaceKey, place_key
from enrolment.domain.request import RequestState, Step, due_on, number_for
from enrolment.domain.school_calendar import SchoolCalendar
from enrolment.domain.submission import NothingToRequest, RequestIdReused, UnknownFamily
from enrolment.store.bookings import add_bookings
from enrolment.store.families import Family, find_family, lock_family
from enrolment.store.places import Change, change_places
from enrolment.store.request_records import RequestRecord, content_of, find_request
from enrolment.store.requests import add_lines, add_request, next_number, note_step
from portail_contracts.enrolment import RequestKind, RequestSubmitted

from .answer_lines import Answers, Submission, answer_lines

__all__ = ["Submission", "Submitted", "submit_request"]


@dataclass(frozen=True)
class Submitted:
    """The request as it stands; `repeated` when it was here before."""

    request: RequestRecord
    repeated: bool


async def submit_request(
    transaction: Transaction, submission: Submission, *, now: datetime, calendar: SchoolCalendar
) -> Submitted:
    """Keep the request and hold its places; the same request twice is one request.

    Raises UnknownFamily (ask accounts, then try again), NotFound, RequestIdReused,
    NothingToRequest. A line that cannot be requested is kept beside the others with its reason.
    """
    connection = transaction.connection
    known = await lock_family(connection, submission.family_id)
    family = await find_family(connection, submission.family_id) if known else None
    if family is None:
        raise UnknownFamily
    earlier = await find_request(connection, submission.request_id)
    if earlier is not None:
        return Submitted(_same(earlier, submission), repeated=True)
    answers = await answer_lines(connection, submission, family, now=now, calendar=calendar)
    if not answers.given:
        raise NothingToRequest([one.answered for one in answers.lines])
    record = await _keep(transaction, submission, family, answers, now)
    transaction.record(_submitted(record))
    return Submitted(record, repeated=False)


def _same(earlier: RequestRecord, submission: Submission) -> RequestRecord:
    same_family = earlier.family_id == submission.family_id
    same_kind = earlier.kind == RequestKind.BOOKING_REQUEST
    if not (same_family and same_kind and content_of(earlier) == frozenset(submission.lines)):
        raise RequestIdReused
    return earlier


async def _keep(
    transaction: Transaction,
    submission: Submission,
    family: Family,
    answers: Answers,
    now: datetime,
) -> RequestRecord:
    connection = transaction.connection
    record = _record(submission, family, answers, now, await next_number(connection))
    if not await add_request(connection, record):
        # Another family's request got this identifier in the meantime.
        raise RequestIdReused
    await note_step(
        connection, record.request_id, Step.SUBMIT, record.state, 1, submission.actor, now
    )
    await add_bookings(connection, record.family_id, answers.given)
    await add_lines(connection, record)
    await change_places(connection, _held(answers.given))
    return record


def _record(
    submission: Submission, family: Family, answers: Answers, now: datetime, sequence: int
) -> RequestRecord:
    today = local_date(now)
    return RequestRecord(
        request_id=submission.request_id,
        number=number_for(today.year, sequence),
        family_id=submission.family_id,
        family_name=family.name,
        family_reference=family.reference,
        kind=str(RequestKind.BOOKING_REQUEST),
        state=RequestState.PENDING,
        version=1,
        submitted_at=now,
        submitted_by=submission.actor.name,
        channel=submission.actor.channel,
        due_on=due_on(today),
        decided_at=None,
        reason=None,
        lines=answers.as_stored(),
    )


def _held(given: list[tuple[Child, Slot, Booking]]) -> dict[PlaceKey, Change]:
    changes: dict[PlaceKey, Change] = defaultdict(Change)
    for child, slot, booking in given:
        changes[place_key(child, slot, booking.day)] += Change(held=1)
    return changes


def _submitted(record: RequestRecord) -> RequestSubmitted:
    requested = [line for line in record.lines if line.was_requested]
    return RequestSubmitted(
        version=record.version,
        family_id=record.family_id,
        request_id=record.request_id,
        number=record.number,
        kind=RequestKind(record.kind),
        child_ids=tuple(sorted({line.child_id for line in requested})),
        days=tuple(sorted({line.day for line in requested})),
        submitted_at=record.submitted_at,
        due_on=record.due_on,
    )
