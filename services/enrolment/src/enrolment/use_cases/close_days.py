"""A centre, an activity or the whole service is closed for some days.

What was booked on those days is cancelled in notice, whatever the hour: the closure is not the
family's doing. Families are told in words by `ClosureAnnounced`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id
from enrolment.domain.agenda import Why
from enrolment.domain.booking import TAKING, UNSETTLED, BookingState
from enrolment.domain.impact import Impact, Standing, impact_of_closure
from enrolment.domain.submission import ChangeHurts, NotFound
from enrolment.store.bookings import MovedBooking, move_bookings
from enrolment.store.catalogue import find_activity, has_centre
from enrolment.store.closures import Closure, KnownClosure, add_closure, note_closed
from enrolment.store.families import lock_family
from enrolment.store.requests import refuse_lines
from enrolment.store.standing import standing_bookings
from enrolment.store.tables import bookings
from portail_contracts.enrolment import AnnouncedLine, ClosureAnnounced, Outcome

from .moving import follow
from .settle_cancelling import cancelled


@dataclass(frozen=True)
class Closed:
    """The closure, and how many bookings it cancelled."""

    closure_id: UUID
    cancelled: int


async def preview_closure(
    connection: AsyncConnection, closure: Closure, *, now: datetime
) -> Impact:
    """Whom it hurts from today on. Raises NotFound."""
    await _must_exist(connection, closure)
    return impact_of_closure(await standing_on(connection, closure, now), closure.span)


async def close_days(
    transaction: Transaction, closure: Closure, *, confirmed: bool, now: datetime
) -> Closed:
    """Raises NotFound, ChangeHurts."""
    connection = transaction.connection
    impact = await preview_closure(connection, closure, now=now)
    if not impact.is_harmless and not confirmed:
        raise ChangeHurts(impact)
    closure_id = new_id()
    await add_closure(connection, closure_id, closure)
    for family_id in sorted({one.booking.family_id for one in impact.hurt}):
        await lock_family(connection, family_id)
    closing = KnownClosure(
        closure.span, closure.centre_id, closure.activity_id, closure_id=closure_id
    )
    return Closed(closure_id, await cancel_for(transaction, closing, now))


async def cancel_for(transaction: Transaction, closure: KnownClosure, now: datetime) -> int:
    """Cancel what stands on its days and tell the families, whose rows are locked.

    Returns how many bookings it cancelled.
    """
    connection = transaction.connection
    standing = await standing_on(connection, closure, now)
    ids = [one.booking_id for one in standing]
    await note_closed(connection, closure.closure_id, ids)
    moved = await move_bookings(
        connection,
        bookings.c.booking_id.in_(ids),
        TAKING | UNSETTLED,
        BookingState.CANCELLED,
        reason=closure.span.label,
        cancel_request_id=None,
    )
    await refuse_lines(
        connection,
        [one.booking_id for one in moved],
        Why.CLOSED,
        f"L’accueil est fermé ce jour-là ({closure.span.label}).",
    )
    _tell(transaction, closure, standing, moved, now)
    await follow(transaction, moved, now)
    return len(moved)


async def _must_exist(connection: AsyncConnection, closure: Closure) -> None:
    centre_id, activity_id = closure.centre_id, closure.activity_id
    if centre_id is not None and not await has_centre(connection, centre_id):
        raise NotFound
    if activity_id is not None and await find_activity(connection, activity_id) is None:
        raise NotFound


async def standing_on(
    connection: AsyncConnection, closure: Closure, now: datetime
) -> list[Standing]:
    """What its days hold from today on."""
    first = max(closure.span.first, local_date(now))
    return await standing_bookings(
        connection,
        first,
        closure.span.last,
        activity_id=closure.activity_id,
        centre_id=closure.centre_id,
    )


def _tell(
    transaction: Transaction,
    closure: KnownClosure,
    standing: Sequence[Standing],
    moved: Sequence[MovedBooking],
    now: datetime,
) -> None:
    known = {one.booking_id: one for one in standing}
    by_family: dict[UUID, list[MovedBooking]] = defaultdict(list)
    for one in moved:
        by_family[one.family_id].append(one)
        if one.was is BookingState.BOOKED:
            transaction.record(cancelled(one, now, in_notice=True))
    for family_id, theirs in by_family.items():
        transaction.record(
            ClosureAnnounced(
                version=closure.version,
                family_id=family_id,
                closure_id=closure.closure_id,
                label=closure.span.label,
                lines=tuple(_line(one, known) for one in theirs),
                announced_at=now,
            )
        )


def _line(moved: MovedBooking, known: Mapping[UUID, Standing]) -> AnnouncedLine:
    booking = known[moved.booking_id]
    return AnnouncedLine(
        child_id=moved.child_id,
        child_name=booking.child_name.partition(" ")[0],
        slot_label=booking.slot_label,
        day=moved.places.day,
        outcome=Outcome.REFUSED,
    )
