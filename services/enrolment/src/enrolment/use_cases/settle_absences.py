"""The end of declared absences: what they do to the bill is decided, and the places pass on."""

from datetime import datetime
from typing import Any

from chassis.database import Transaction
from enrolment.domain.absence import Effect
from enrolment.domain.booking import AbsenceState, BookingState
from enrolment.domain.request import LineOutcome, RulingMissing
from enrolment.store.absences import Absence, absences_of_request, settle_absence
from enrolment.store.bookings import move_bookings
from enrolment.store.request_records import RequestRecord
from enrolment.store.requests import settle_lines
from enrolment.store.tables import bookings
from portail_contracts.enrolment import AbsenceAccepted, AbsenceRefused, AbsenceWithdrawn
from portail_contracts.event import Event

from .decisions import Decision
from .moving import follow


async def accept(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    """Staff may rule otherwise than the reason's own rule; where it has none they must.

    Raises RulingMissing.
    """
    connection = transaction.connection
    declared = await _declared(transaction, record)
    rulings = [(one, _billable(one, decision.billable)) for one in declared]
    for one, billable in rulings:
        await settle_absence(
            connection,
            one.absence_id,
            AbsenceState.ACCEPTED,
            now,
            justified=_is_justified(one, decision, billable=billable),
            billable=billable,
        )
    moved = await move_bookings(
        connection,
        bookings.c.booking_id.in_([one.booking_id for one in declared]),
        (BookingState.BOOKED,),
        BookingState.ABSENT,
    )
    await settle_lines(connection, record.request_id, LineOutcome.ACCEPTED)
    await follow(transaction, moved, now)
    return [_accepted(one, decision, now, billable=billable) for one, billable in rulings]


async def refuse(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    declared = await _declared(transaction, record)
    await _give_up(transaction, record, declared, AbsenceState.REFUSED, now)
    return [AbsenceRefused(**fields(one, one.version + 1), decided_at=now) for one in declared]


async def withdraw(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    declared = await _declared(transaction, record)
    await _give_up(transaction, record, declared, AbsenceState.WITHDRAWN, now)
    return [AbsenceWithdrawn(**fields(one, one.version + 1), withdrawn_at=now) for one in declared]


async def _declared(transaction: Transaction, record: RequestRecord) -> list[Absence]:
    found = await absences_of_request(transaction.connection, record.request_id)
    return [one for one in found if one.state is AbsenceState.DECLARED]


async def _give_up(
    transaction: Transaction,
    record: RequestRecord,
    declared: list[Absence],
    state: AbsenceState,
    now: datetime,
) -> None:
    outcome = LineOutcome.REFUSED if state is AbsenceState.REFUSED else LineOutcome.WITHDRAWN
    for one in declared:
        await settle_absence(transaction.connection, one.absence_id, state, now)
    await settle_lines(transaction.connection, record.request_id, outcome)


def _billable(absence: Absence, ruling: bool | None) -> bool:
    if ruling is not None:
        return ruling
    if absence.effect is Effect.UNDECIDED:
        raise RulingMissing
    return absence.effect is not Effect.FREE


def _is_justified(absence: Absence, decision: Decision, *, billable: bool) -> bool:
    """A jour de carence is billed although it is justified."""
    if decision.billable is not None:
        return not billable
    return not billable or absence.effect is Effect.WAITING_DAY


def _accepted(
    absence: Absence, decision: Decision, now: datetime, *, billable: bool
) -> AbsenceAccepted:
    return AbsenceAccepted(
        **fields(absence, absence.version + 1),
        justified=_is_justified(absence, decision, billable=billable),
        billable=billable,
        in_notice=absence.in_notice,
        waiting_day=billable and absence.effect is Effect.WAITING_DAY,
        rate_code=absence.rate_code,
        decided_at=now,
    )


def fields(absence: Absence, version: int) -> dict[str, Any]:
    """What all facts about an absence say; its reason is not among them."""
    return {
        "version": version,
        "family_id": absence.family_id,
        "absence_id": absence.absence_id,
        "booking_id": absence.booking_id,
        "child_id": absence.child_id,
        "activity_id": absence.activity_id,
        "slot_id": absence.slot_id,
        "day": absence.day,
    }
