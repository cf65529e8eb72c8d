"""Bookings that a closure cancelled are what they were again, and families are told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Transaction
from enrolment.domain.activity import Activity
from enrolment.domain.booking import BookingState
from enrolment.domain.reopening import Cancelled, Reopening, Stays
from enrolment.domain.school_calendar import Span
from enrolment.store.bookings import MovedBooking, mark_cancelling, move_bookings
from enrolment.store.closures import KnownClosure, forget_closed, hand_over
from enrolment.store.requests import ask_again
from enrolment.store.tables import bookings
from portail_contracts.enrolment import Reopened, ReopenedLine, ReopeningAnnounced

from .moving import follow
from .settle_bookings import confirmed


@dataclass(frozen=True)
class Shut:
    """The closures that stay, and for which activities they are."""

    activities: Mapping[UUID, Activity]
    closures: Sequence[KnownClosure]

    def closing(self, activity_id: UUID, day: date) -> KnownClosure | None:
        activity = self.activities.get(activity_id)
        return next(
            (
                one
                for one in self.closures
                if activity is not None and day in one.span and one.holds(activity)
            ),
            None,
        )

    def is_closed(self, activity_id: UUID, day: date) -> bool:
        return self.closing(activity_id, day) is not None

    def of(self, activity: Activity) -> tuple[Span, ...]:
        return tuple(one.span for one in self.closures if one.holds(activity))


async def give_back(
    transaction: Transaction, closure: KnownClosure, again: Reopening, shut: Shut, now: datetime
) -> None:
    """Lock the families and the places before."""
    connection = transaction.connection
    await _forget(connection, closure, again, shut)
    moved = await _move(connection, again.back)
    await ask_again(connection, [one.booking_id for one in moved])
    for one in again.back:
        if one.cancel_request_id is not None:
            await mark_cancelling(connection, [one.standing.booking_id], one.cancel_request_id)
    rates = {
        slot.slot_id: slot.rate_code
        for activity in shut.activities.values()
        for slot in activity.slots
    }
    for booking in moved:
        if booking.state is BookingState.BOOKED:
            transaction.record(confirmed(booking, rates[booking.slot_id], now))
    _tell(transaction, closure, again, now)
    await follow(transaction, moved, now)


async def _move(connection: AsyncConnection, back: Sequence[Cancelled]) -> list[MovedBooking]:
    by_target: dict[BookingState, list[UUID]] = defaultdict(list)
    for one in back:
        by_target[one.target].append(one.standing.booking_id)
    moved: list[MovedBooking] = []
    for target, ids in by_target.items():
        moved += await move_bookings(
            connection,
            bookings.c.booking_id.in_(ids),
            (BookingState.CANCELLED,),
            target,
            reason=None,
            offer_expires_at=None,
        )
    return moved


async def _forget(
    connection: AsyncConnection, closure: KnownClosure, again: Reopening, shut: Shut
) -> None:
    """What another closure keeps shut is that one's to give back; the rest is settled now."""
    settled = [one.standing.booking_id for one in again.back]
    for kept in again.kept:
        one = kept.cancelled
        other = shut.closing(one.places.activity_id, one.standing.day)
        if kept.why is not Stays.CLOSED or other is None:
            settled.append(one.standing.booking_id)
        elif other.closure_id != closure.closure_id:
            await hand_over(connection, one.standing.booking_id, other.closure_id)
    await forget_closed(connection, settled)


def _tell(transaction: Transaction, closure: KnownClosure, again: Reopening, now: datetime) -> None:
    by_family: dict[UUID, list[ReopenedLine]] = defaultdict(list)
    for one in again.back:
        by_family[one.standing.family_id].append(_line(one, Reopened(str(one.target))))
    for kept in again.told:
        one = kept.cancelled
        by_family[one.standing.family_id].append(_line(one, Reopened.CANCELLED))
    for family_id, lines in by_family.items():
        transaction.record(
            ReopeningAnnounced(
                version=closure.version,
                family_id=family_id,
                closure_id=closure.closure_id,
                label=closure.span.label,
                lines=tuple(sorted(lines, key=lambda line: (line.day, line.child_name))),
                announced_at=now,
            )
        )


def _line(one: Cancelled, became: Reopened) -> ReopenedLine:
    standing = one.standing
    return ReopenedLine(
        child_id=standing.child_id,
        child_name=standing.child_name.partition(" ")[0],
        slot_label=standing.slot_label,
        day=standing.day,
        became=became,
    )
