"""Each line of a submission gets its answer: a place held from now on, or why not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.identifiers import new_id
from enrolment.domain.activity import Slot
from enrolment.domain.agenda import obstacle_to_request
from enrolment.domain.booking import Booking, BookingState
from enrolment.domain.diary import Child, Diary, place_key
from enrolment.domain.enrolled import Enrolment
from enrolment.domain.request import Actor, LineOutcome
from enrolment.domain.school_calendar import SchoolCalendar
from enrolment.domain.submission import AnsweredLine, Line, NotFound, UnknownFamily
from enrolment.store.bookings import bookings_of_children
from enrolment.store.catalogue import Catalogue, catalogue_of_slots
from enrolment.store.enrolments import enrolments_of_children
from enrolment.store.families import Family
from enrolment.store.places import lock_places, places_of
from enrolment.store.request_records import RequestLine
from enrolment.wording import sentence_for, waiting_sentence

from .named_lines import named_line


@dataclass(frozen=True)
class Submission:
    """What was sent. `ignore_notice` is for staff who act on behalf of a family."""

    request_id: UUID
    family_id: UUID
    lines: tuple[Line, ...]
    actor: Actor
    ignore_notice: bool = False


@dataclass(frozen=True)
class _Asked:
    """A line with what it speaks of."""

    line: Line
    child: Child
    slot: Slot


@dataclass(frozen=True)
class Answer:
    """A line, what became of it, and the booking it was given."""

    child: Child
    slot: Slot
    answered: AnsweredLine
    booking: Booking | None = None


@dataclass(frozen=True)
class Answers:
    """All lines in the order sent, and the names of what they speak of."""

    lines: tuple[Answer, ...]
    catalogue: Catalogue

    @property
    def given(self) -> list[tuple[Child, Slot, Booking]]:
        """The bookings that were made."""
        return [(one.child, one.slot, one.booking) for one in self.lines if one.booking]

    def as_stored(self) -> tuple[RequestLine, ...]:
        """The lines as they will be read again."""
        return tuple(self._as_stored(one) for one in self.lines)

    def _as_stored(self, one: Answer) -> RequestLine:
        line = one.answered
        named = named_line(
            one.child, one.slot, self.catalogue, line.line.day, line.why, line.reason
        )
        booking_id = one.booking.booking_id if one.booking else None
        return replace(named, outcome=line.outcome, booking_id=booking_id)


async def answer_lines(
    connection: AsyncConnection,
    submission: Submission,
    family: Family,
    *,
    now: datetime,
    calendar: SchoolCalendar,
    lock: bool = True,
) -> Answers:
    """Lock the places and answer; nothing is written. Raises UnknownFamily, NotFound.

    Without `lock` it is what would be answered now: a preview, that keeps nobody waiting.
    """
    catalogue = await catalogue_of_slots(connection, (line.slot_id for line in submission.lines))
    asked = list(_resolve(submission.lines, family, catalogue.slots))
    children = {one.child.child_id for one in asked}
    days = [line.day for line in submission.lines]
    bookings = await bookings_of_children(connection, children, min(days), max(days))
    enrolments = await _enrolments(connection, catalogue, children)
    # The last question before writing: whoever wants the same places waits from here on.
    read_places = lock_places if lock else places_of
    places = await read_places(
        connection, [place_key(one.child, one.slot, one.line.day) for one in asked]
    )
    diary = Diary(catalogue.activities, calendar, places, bookings, enrolments)
    answers = tuple(_answer(one, diary, submission, now) for one in asked)
    return Answers(answers, catalogue)


async def _enrolments(
    connection: AsyncConnection, catalogue: Catalogue, children: set[UUID]
) -> list[Enrolment]:
    """Asked only where an activity wants one: most do not, and thousands may be waiting."""
    if not any(activity.needs_enrolment for activity in catalogue.activities.values()):
        return []
    return await enrolments_of_children(connection, children)


def _resolve(lines: Iterable[Line], family: Family, slots: dict[UUID, Slot]) -> Iterable[_Asked]:
    for line in lines:
        child = family.child(line.child_id)
        if child is None:
            raise UnknownFamily
        if line.slot_id not in slots:
            raise NotFound
        yield _Asked(line, child, slots[line.slot_id])


def _answer(asked: _Asked, diary: Diary, submission: Submission, now: datetime) -> Answer:
    line, slot, child = asked.line, asked.slot, asked.child
    facts = diary.facts(child, slot, line.day)
    if submission.ignore_notice:
        facts = replace(facts, cut_off=None, begins=None)
    obstacle = obstacle_to_request(facts, now)
    if obstacle is not None:
        reason = sentence_for(obstacle, facts, now)
        return Answer(child, slot, AnsweredLine(line, LineOutcome.REFUSED, obstacle, reason))
    rank = facts.places.waiting + 1 if facts.can_wait and facts.places else None
    booking = _booking(asked, submission.request_id, rank)
    diary.take(child, booking)
    if rank is not None:
        waiting = AnsweredLine(line, LineOutcome.WAITLISTED, reason=waiting_sentence(rank))
        return Answer(child, slot, waiting, booking)
    return Answer(child, slot, AnsweredLine(line, LineOutcome.REQUESTED), booking)


def _booking(asked: _Asked, request_id: UUID, rank: int | None) -> Booking:
    """`rank` is there when the child waits in line."""
    begins, ends = asked.slot.period(asked.line.day)
    return Booking(
        booking_id=new_id(),
        child_id=asked.child.child_id,
        activity_id=asked.slot.activity_id,
        slot_id=asked.slot.slot_id,
        slot_label=asked.slot.label,
        day=asked.line.day,
        begins=begins,
        ends=ends,
        state=BookingState.REQUESTED if rank is None else BookingState.WAITLISTED,
        rank=rank,
        request_id=request_id,
        # Its number is given when the request is kept.
        request_number="",
    )
