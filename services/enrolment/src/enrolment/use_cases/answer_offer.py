"""A family answers an offer, or leaves the waiting list.

An offer is the authority's own word (decision 12): taking it books the place at once, by the rule
« liste d'attente », without waiting for staff a second time.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from enrolment.domain.booking import BookingState
from enrolment.domain.request import Actor, Channel, LineOutcome, RequestState, Step
from enrolment.domain.submission import NotFound, OfferOver
from enrolment.store.bookings import (
    MovedBooking,
    bookings_of_children,
    find_booking,
    move_bookings,
)
from enrolment.store.families import lock_family
from enrolment.store.request_records import RequestRecord, get_request
from enrolment.store.requests import OPEN_LINES, settle_line
from enrolment.store.tables import bookings
from enrolment.store.waiting import StandingOffer, find_offer
from portail_contracts.enrolment import Outcome, RequestAccepted, RequestApplied

from .decisions import announcement, fact, take_step
from .moving import follow
from .settle_bookings import confirmed

RULE = "liste d’attente"


async def accept_offer(
    transaction: Transaction, family_id: UUID, booking_id: UUID, actor: Actor, *, now: datetime
) -> RequestRecord:
    """The place is booked. Taking it twice is taking it once.

    Raises NotFound, also for another family's; OfferOver when it expired, was passed on, or when
    the child has another place at the same hours.
    """
    await lock_family(transaction.connection, family_id)
    booking = await find_booking(transaction.connection, family_id, booking_id)
    if booking is None:
        raise NotFound
    if booking.state is BookingState.BOOKED:
        return await get_request(transaction.connection, booking.request_id)
    offer = await find_offer(transaction.connection, booking_id)
    if offer is None or offer.expires_at <= now:
        raise OfferOver("Cette proposition a expiré : la place est passée à la famille suivante.")
    beside = await bookings_of_children(
        transaction.connection, [booking.child_id], booking.day, booking.day
    )
    if any(one.takes_place and one.overlaps(booking.begins, booking.ends) for one in beside):
        raise OfferOver("Votre enfant a déjà une place ou une demande aux mêmes heures.")
    moved = await _move(transaction, offer, BookingState.BOOKED, LineOutcome.ACCEPTED, now)
    record = await get_request(transaction.connection, moved.request_id, lock=True)
    rate = next(one.rate_code for one in record.lines if one.booking_id == booking_id)
    transaction.record(confirmed(moved, rate, now))
    return await _close_if_done(transaction, record, actor, now)


async def decline_offer(
    transaction: Transaction, family_id: UUID, booking_id: UUID, *, now: datetime
) -> None:
    """The place passes on. Raises NotFound; declining what is no more offered changes nothing."""
    await lock_family(transaction.connection, family_id)
    if await find_booking(transaction.connection, family_id, booking_id) is None:
        raise NotFound
    offer = await find_offer(transaction.connection, booking_id)
    if offer is not None:
        await _move(transaction, offer, BookingState.EXPIRED, LineOutcome.EXPIRED, now)


async def expire_offer(transaction: Transaction, offer: StandingOffer, *, now: datetime) -> bool:
    """Nobody answered in time: the place passes on. False when somebody did in the meantime."""
    await lock_family(transaction.connection, offer.family_id)
    standing = await find_offer(transaction.connection, offer.booking_id)
    if standing is None or standing.expires_at > now:
        return False
    await _move(transaction, standing, BookingState.EXPIRED, LineOutcome.EXPIRED, now)
    return True


async def leave_waiting_list(
    transaction: Transaction, family_id: UUID, booking_id: UUID, *, now: datetime
) -> None:
    """Raises NotFound; leaving a line in which one no longer is changes nothing."""
    await lock_family(transaction.connection, family_id)
    if await find_booking(transaction.connection, family_id, booking_id) is None:
        raise NotFound
    moved = await move_bookings(
        transaction.connection,
        bookings.c.booking_id == booking_id,
        (BookingState.WAITLISTED,),
        BookingState.WITHDRAWN,
    )
    for one in moved:
        await settle_line(transaction.connection, one.request_id, booking_id, LineOutcome.WITHDRAWN)
    await follow(transaction, moved, now)


async def _move(
    transaction: Transaction,
    offer: StandingOffer,
    state: BookingState,
    outcome: LineOutcome,
    now: datetime,
) -> MovedBooking:
    (moved,) = await move_bookings(
        transaction.connection,
        bookings.c.booking_id == offer.booking_id,
        (BookingState.OFFERED,),
        state,
        offer_expires_at=None,
    )
    await settle_line(transaction.connection, moved.request_id, moved.booking_id, outcome)
    await follow(transaction, [moved], now)
    return moved


async def _close_if_done(
    transaction: Transaction, record: RequestRecord, actor: Actor, now: datetime
) -> RequestRecord:
    """A request of which nothing is open any more was accepted, by the rule."""
    still_open = any(line.outcome in OPEN_LINES for line in record.lines)
    if record.state is not RequestState.PENDING or still_open:
        return record
    by_rule = replace(actor, channel=Channel.RULE, rule=RULE, on_behalf_of=record.family_id)
    accepted, applied = record.version + 1, record.version + 2
    await take_step(transaction, record, Step.ACCEPT, by_rule, now, version=accepted)
    await take_step(transaction, record, Step.APPLY, by_rule, now, version=applied)
    transaction.record(RequestAccepted(**fact(record, accepted), decided_at=now))
    transaction.record(RequestApplied(**fact(record, applied), applied_at=now))
    transaction.record(announcement(record, applied, Outcome.ACCEPTED, now))
    return await get_request(transaction.connection, record.request_id)
