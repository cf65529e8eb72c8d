"""After bookings changed state: the counts of their days follow, and freed places pass on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from chassis.database import Transaction
from enrolment.domain.diary import PlaceKey
from enrolment.domain.places import Change
from enrolment.store.bookings import MovedBooking
from enrolment.store.places import change_places, lock_places

from .offer_places import offer_freed


async def follow(transaction: Transaction, moved: Sequence[MovedBooking], now: datetime) -> None:
    """Every change of state has one effect on the counts, so the two cannot drift apart."""
    changes: dict[PlaceKey, Change] = defaultdict(Change)
    for one in moved:
        changes[one.places] += one.change
    if not changes:
        return
    await lock_places(transaction.connection, changes)
    after = await change_places(transaction.connection, changes)
    await offer_freed(transaction, [key for key, places in after.items() if places.can_offer], now)
