"""Staff end a child's enrolment in an activity; what was booked after it is cancelled."""

from datetime import date, datetime
from uuid import UUID

from chassis.clock import local_date
from chassis.database import Transaction
from enrolment.domain.booking import TAKING, UNSETTLED, BookingState
from enrolment.domain.enrolled import Enrolment, EnrolmentRefused, EnrolmentState
from enrolment.domain.impact import Harm, Hurt, Impact
from enrolment.domain.submission import ChangeHurts, NotFound
from enrolment.store.bookings import move_bookings
from enrolment.store.enrolments import end_enrolment as write_end
from enrolment.store.enrolments import find_enrolment
from enrolment.store.families import lock_family
from enrolment.store.standing import standing_bookings
from enrolment.store.tables import bookings
from portail_contracts.enrolment import EnrolmentEnded

from .moving import follow
from .settle_cancelling import cancelled


async def end_enrolment(
    transaction: Transaction, enrolment_id: UUID, last: date, *, confirmed: bool, now: datetime
) -> None:
    """`last` is the last day that it allows. Raises NotFound, EnrolmentRefused, ChangeHurts."""
    connection = transaction.connection
    listed = await find_enrolment(connection, enrolment_id)
    if listed is None:
        raise NotFound
    await lock_family(connection, listed.family_id)
    enrolment = listed.enrolment
    if enrolment.state is not EnrolmentState.ACTIVE or not (
        enrolment.first <= last <= enrolment.last
    ):
        raise EnrolmentRefused("Cette inscription n’est pas en cours à cette date.")
    hurt = await _after(transaction, enrolment, max(last, local_date(now)))
    if hurt and not confirmed:
        raise ChangeHurts(Impact(hurt))
    await write_end(connection, enrolment, last, now)
    moved = await move_bookings(
        connection,
        bookings.c.booking_id.in_([one.booking.booking_id for one in hurt]),
        TAKING | UNSETTLED,
        BookingState.CANCELLED,
        cancel_request_id=None,
    )
    for one in moved:
        if one.was is BookingState.BOOKED:
            transaction.record(cancelled(one, now, in_notice=True))
    transaction.record(
        EnrolmentEnded(
            version=listed.version + 1,
            family_id=listed.family_id,
            enrolment_id=enrolment_id,
            child_id=enrolment.child_id,
            activity_id=enrolment.activity_id,
            last_day=last,
        )
    )
    await follow(transaction, moved, now)


async def _after(transaction: Transaction, enrolment: Enrolment, last: date) -> tuple[Hurt, ...]:
    standing = await standing_bookings(
        transaction.connection, last, activity_id=enrolment.activity_id
    )
    return tuple(
        Hurt(one, Harm.ENROLMENT_OVER)
        for one in standing
        if one.child_id == enrolment.child_id and one.day > last
    )
