"""A child's enrolment ends, or all that it has; what was booked after it is cancelled."""

from datetime import date, datetime
from uuid import UUID

from chassis.clock import local_date
from chassis.database import Transaction
from enrolment.domain.enrolled import Enrolment, EnrolmentRefused, EnrolmentState
from enrolment.domain.impact import Harm, Hurt, Impact
from enrolment.domain.submission import ChangeHurts, NotFound
from enrolment.store.enrolments import (
    ListedEnrolment,
    call_off,
    enrolments_of_child,
    find_enrolment,
)
from enrolment.store.enrolments import end_enrolment as write_end
from enrolment.store.families import lock_family
from enrolment.store.standing import standing_bookings
from enrolment.store.tables import bookings
from portail_contracts.enrolment import EnrolmentEnded

from .settle_cancelling import call_off_bookings


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
    which = bookings.c.booking_id.in_([one.booking.booking_id for one in hurt])
    await call_off_bookings(transaction, which, now)
    transaction.record(_ended(listed, last))


async def end_everything(
    transaction: Transaction, child_id: UUID, last: date, now: datetime
) -> None:
    """The child comes no more after `last`: every enrolment ends, every day to come is free.

    The family's row is locked.
    """
    connection = transaction.connection
    for listed in await enrolments_of_child(connection, child_id):
        enrolment = listed.enrolment
        if enrolment.state is not EnrolmentState.ACTIVE or enrolment.last <= last:
            continue
        if enrolment.first <= last:
            await write_end(connection, enrolment, last, now)
        else:
            await call_off(connection, enrolment.enrolment_id, now)
        transaction.record(_ended(listed, last))
    await call_off_bookings(
        transaction, (bookings.c.child_id == child_id) & (bookings.c.day > last), now
    )


def _ended(listed: ListedEnrolment, last: date) -> EnrolmentEnded:
    return EnrolmentEnded(
        version=listed.version + 1,
        family_id=listed.family_id,
        enrolment_id=listed.enrolment.enrolment_id,
        child_id=listed.enrolment.child_id,
        activity_id=listed.enrolment.activity_id,
        last_day=last,
    )


async def _after(transaction: Transaction, enrolment: Enrolment, last: date) -> tuple[Hurt, ...]:
    standing = await standing_bookings(
        transaction.connection, last, activity_id=enrolment.activity_id
    )
    return tuple(
        Hurt(one, Harm.ENROLMENT_OVER)
        for one in standing
        if one.child_id == enrolment.child_id and one.day > last
    )
