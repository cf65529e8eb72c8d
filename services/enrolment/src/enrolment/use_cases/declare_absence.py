"""A family says that children will not come, or did not: day by day, with what it changes.

The same computation answers before confirming (`preview_absence`) and on submission.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Transaction
from chassis.identifiers import new_id
from enrolment.domain.absence import AbsenceReason, Effect, effect_on_bill, ranks
from enrolment.domain.agenda import CellFacts, obstacle_to_absence
from enrolment.domain.booking import AbsenceState, Booking, BookingState
from enrolment.domain.notice import NoticeAction
from enrolment.domain.request import Actor
from enrolment.domain.school_calendar import SchoolCalendar
from enrolment.domain.submission import (
    AbsenceIncomplete,
    NothingToRequest,
    RequestIdReused,
    UnknownFamily,
)
from enrolment.store.absences import Absence, add_absences, find_reason, live_absence_days
from enrolment.store.bookings import bookings_of_children
from enrolment.store.catalogue import Catalogue, catalogue_of_slots
from enrolment.store.families import Family, find_family
from enrolment.store.request_records import RequestLine, RequestRecord, find_request
from enrolment.store.requests import add_lines
from enrolment.wording import effect_sentence, sentence_for
from portail_contracts.enrolment import AbsenceDeclared, RequestKind

from .cancel_bookings import is_in_notice
from .keep_request import Sending, Submitted, keep, known_family, submitted
from .named_lines import answered, named_line
from .settle_absences import fields


@dataclass(frozen=True)
class Declaration:
    """What was sent; `slot_id` None: every slot that the children are booked for."""

    request_id: UUID
    family_id: UUID
    child_ids: tuple[UUID, ...]
    first: date
    last: date
    reason_code: str
    actor: Actor
    reason_text: str | None = None
    slot_id: UUID | None = None

    def covers(self, line: RequestLine) -> bool:
        return line.child_id in self.child_ids and self.first <= line.day <= self.last


@dataclass(frozen=True)
class AbsenceAnswer:
    """One booking of the declaration: why not, or what its absence will change."""

    booking: Booking
    line: RequestLine
    effect: Effect | None
    in_notice: bool


@dataclass(frozen=True)
class AbsencePreview:
    """What declaring would do now, and until when a document would be awaited."""

    answers: tuple[AbsenceAnswer, ...]
    document_due_at: datetime | None


async def preview_absence(
    connection: AsyncConnection,
    declaration: Declaration,
    *,
    now: datetime,
    calendar: SchoolCalendar,
) -> AbsencePreview:
    """Nothing is written. Raises UnknownFamily, AbsenceIncomplete."""
    family = await find_family(connection, declaration.family_id)
    if family is None:
        raise UnknownFamily
    reason = await _reason(connection, declaration)
    answers = await _answers(connection, declaration, family, reason, now, calendar)
    first = min((one.booking.begins for one in answers if one.effect), default=now)
    return AbsencePreview(tuple(answers), reason.document_due(max(now, first)))


async def declare_absence(
    transaction: Transaction, declaration: Declaration, *, now: datetime, calendar: SchoolCalendar
) -> Submitted:
    """Keep the declaration; the bookings stand until staff take note of it.

    Raises UnknownFamily, RequestIdReused, NothingToRequest, AbsenceIncomplete.
    """
    sending = Sending(
        declaration.request_id,
        declaration.family_id,
        RequestKind.ABSENCE_DECLARE,
        declaration.actor,
    )
    family = await known_family(transaction, declaration.family_id)
    earlier = await _sent_before(transaction, sending, declaration)
    if earlier is not None:
        return earlier
    reason = await _reason(transaction.connection, declaration)
    answers = await _answers(transaction.connection, declaration, family, reason, now, calendar)
    declared = [one for one in answers if one.line.was_requested]
    if not declared:
        raise NothingToRequest(
            [answered(one.line) for one in answers],
            "Aucune réservation de ces jours ne peut faire l’objet d’une absence.",
        )
    record = await keep(transaction, sending, family, now, [one.line for one in answers])
    await add_lines(transaction.connection, record)
    absences = [_absence(one, record, declaration, reason, now) for one in declared]
    await add_absences(transaction.connection, absences, now)
    transaction.record(submitted(record))
    for one in absences:
        transaction.record(
            AbsenceDeclared(**fields(one, one.version), declared_at=now, in_notice=one.in_notice)
        )
    return Submitted(record, repeated=False)


async def _sent_before(
    transaction: Transaction, sending: Sending, declaration: Declaration
) -> Submitted | None:
    """Its lines are the bookings of that day: what was declared then lies within what is sent."""
    earlier = await find_request(transaction.connection, sending.request_id)
    if earlier is None:
        return None
    same = (earlier.family_id, earlier.kind) == (sending.family_id, sending.kind)
    if not (same and all(declaration.covers(line) for line in earlier.lines)):
        raise RequestIdReused
    return Submitted(earlier, repeated=True)


async def _reason(connection: AsyncConnection, declaration: Declaration) -> AbsenceReason:
    reason = await find_reason(connection, declaration.reason_code)
    by_staff = declaration.actor.on_behalf_of is not None
    if reason is None or not reason.active or (reason.staff_only and not by_staff):
        raise AbsenceIncomplete("reason", "Choisissez un motif de la liste.")
    if reason.needs_text and not (declaration.reason_text or "").strip():
        raise AbsenceIncomplete("reason_text", "Précisez le motif de l’absence.")
    return reason


async def _answers(
    connection: AsyncConnection,
    declaration: Declaration,
    family: Family,
    reason: AbsenceReason,
    now: datetime,
    calendar: SchoolCalendar,
) -> list[AbsenceAnswer]:
    """Every booking of the days that still means something, in the order of day and child."""
    if any(family.child(child_id) is None for child_id in declaration.child_ids):
        raise UnknownFamily
    found = [
        one
        for one in await bookings_of_children(
            connection, declaration.child_ids, declaration.first, declaration.last
        )
        if declaration.slot_id in (None, one.slot_id)
        and (one.is_live or one.state is BookingState.ABSENT)
    ]
    catalogue = await catalogue_of_slots(connection, (one.slot_id for one in found))
    earlier = await live_absence_days(connection, declaration.child_ids, reason.code)
    nth = {
        child_id: ranks(
            [*earlier.get(child_id, []), *(one.day for one in found if one.child_id == child_id)]
        )
        for child_id in declaration.child_ids
    }
    ordered = sorted(found, key=lambda one: (one.day, one.child_id, one.begins))
    return [
        _answer(one, family, catalogue, reason, nth[one.child_id][one.day], now, calendar)
        for one in ordered
    ]


def _answer(
    booking: Booking,
    family: Family,
    catalogue: Catalogue,
    reason: AbsenceReason,
    nth: int,
    now: datetime,
    calendar: SchoolCalendar,
) -> AbsenceAnswer:
    child, slot = family.child(booking.child_id), catalogue.slots[booking.slot_id]
    if child is None:
        raise UnknownFamily
    activity = catalogue.activities[booking.activity_id]
    limit = activity.cut_off(NoticeAction.ABSENCE, booking.day, calendar)
    in_notice = now < (limit or booking.begins)
    why = obstacle_to_absence(booking, now)
    if why is not None:
        words = sentence_for(why, CellFacts(booking=booking), now)
        line = named_line(child, slot, catalogue, booking.day, why, words)
        return AbsenceAnswer(booking, line, None, in_notice)
    can_cancel = is_in_notice(activity, booking, now, calendar)
    effect = effect_on_bill(reason, nth, in_notice=in_notice, can_cancel=can_cancel)
    words = effect_sentence(effect, in_notice=in_notice)
    line = replace(
        named_line(child, slot, catalogue, booking.day, None, words),
        booking_id=booking.booking_id,
        in_notice=in_notice,
    )
    return AbsenceAnswer(booking, line, effect, in_notice)


def _absence(
    answer: AbsenceAnswer,
    record: RequestRecord,
    declaration: Declaration,
    reason: AbsenceReason,
    now: datetime,
) -> Absence:
    booking = answer.booking
    return Absence(
        absence_id=new_id(),
        request_id=record.request_id,
        booking_id=booking.booking_id,
        family_id=record.family_id,
        child_id=booking.child_id,
        activity_id=booking.activity_id,
        slot_id=booking.slot_id,
        rate_code=answer.line.rate_code,
        day=booking.day,
        state=AbsenceState.DECLARED,
        version=1,
        reason_code=reason.code,
        reason_text=(declaration.reason_text or "").strip() or None,
        in_notice=answer.in_notice,
        effect=answer.effect or Effect.UNDECIDED,
        document_due_at=reason.document_due(max(now, booking.begins)),
    )
