"""A freed place is offered to the first in line, who has some hours to answer.

Two ways lead here: the transaction that freed the place, and the sweeper (`sweep_offers.py`).
The first holds places, and everyone locks families before places, so it never waits for another
family: when that one is busy, the sweeper comes back later. Nobody can take the place meanwhile:
newcomers see only what the line leaves (`Places.open_to_all`).
"""

from collections.abc import Iterable
from datetime import datetime

from chassis.database import Transaction
from enrolment.domain.booking import BookingState
from enrolment.domain.diary import PlaceKey
from enrolment.domain.waiting_list import offer_expiry
from enrolment.store.bookings import MovedBooking, move_bookings
from enrolment.store.families import try_lock_family
from enrolment.store.places import change_places, lock_places
from enrolment.store.tables import bookings
from enrolment.store.waiting import FirstInLine, first_in_line
from portail_contracts.enrolment import OfferAnnounced, PlaceOffered


async def offer_freed(transaction: Transaction, keys: Iterable[PlaceKey], now: datetime) -> int:
    """Offer what is free on these days to those who wait; returns how many offers were made."""
    return sum([await _offer_on(transaction, key, now) for key in sorted(keys)])


async def _offer_on(transaction: Transaction, key: PlaceKey, now: datetime) -> int:
    connection = transaction.connection
    places = (await lock_places(connection, [key])).get(key)
    made = 0
    while places is not None and places.can_offer:
        first = await first_in_line(connection, key)
        expires_at = offer_expiry(now, first.offer_hours, first.begins) if first else None
        if first is None or expires_at is None:
            break
        if not await try_lock_family(connection, first.family_id):
            break
        (moved,) = await move_bookings(
            connection,
            bookings.c.booking_id == first.booking_id,
            (BookingState.WAITLISTED,),
            BookingState.OFFERED,
            offer_expires_at=expires_at,
        )
        places = (await change_places(connection, {key: moved.change}))[key]
        _announce(transaction, first, moved, expires_at)
        made += 1
    return made


def _announce(
    transaction: Transaction, first: FirstInLine, moved: MovedBooking, expires_at: datetime
) -> None:
    """The fact for everyone; and in words, for the family."""
    transaction.record(
        PlaceOffered(
            version=moved.version,
            family_id=moved.family_id,
            booking_id=moved.booking_id,
            child_id=moved.child_id,
            activity_id=moved.places.activity_id,
            slot_id=moved.slot_id,
            day=moved.places.day,
            expires_at=expires_at,
        )
    )
    transaction.record(
        OfferAnnounced(
            version=moved.version,
            family_id=moved.family_id,
            booking_id=moved.booking_id,
            child_id=moved.child_id,
            child_name=first.child_name,
            slot_label=first.slot_label,
            centre_name=first.centre_name,
            day=moved.places.day,
            expires_at=expires_at,
        )
    )
