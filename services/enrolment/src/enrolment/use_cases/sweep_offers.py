"""The sweeper: what no transaction could do in passing is done here, some seconds later.

Offers that nobody answered expire; places that are free while somebody waits are offered. Several
processes may sweep at once: rows are locked, and what another did meanwhile is seen.
"""

from datetime import datetime

from chassis.clock import local_date
from chassis.database import Database
from enrolment.domain.diary import PlaceKey
from enrolment.store.families import lock_family
from enrolment.store.places import keys_to_offer
from enrolment.store.waiting import expired_offers, first_in_line

from .answer_offer import expire_offer
from .offer_places import offer_freed


async def sweep_offers(database: Database, *, now: datetime) -> int:
    """One round; returns how many offers expired or were made."""
    async with database.reading() as connection:
        expired = await expired_offers(connection, now)
    done = 0
    for offer in expired:
        async with database.transaction() as transaction:
            done += await expire_offer(transaction, offer, now=now)
    async with database.reading() as connection:
        waiting = await keys_to_offer(connection, local_date(now))
    for key in waiting:
        done += await _offer(database, key, now)
    return done


async def _offer(database: Database, key: PlaceKey, now: datetime) -> int:
    """Here the family may be waited for: nothing else is locked yet."""
    async with database.transaction() as transaction:
        first = await first_in_line(transaction.connection, key)
        if first is None:
            return 0
        await lock_family(transaction.connection, first.family_id)
        return await offer_freed(transaction, [key], now)
