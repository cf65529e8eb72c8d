"""Staff give one day another capacity."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Transaction
from enrolment.domain.diary import PlaceKey
from enrolment.domain.impact import Impact, impact_of_capacity
from enrolment.domain.places import Places
from enrolment.domain.submission import ChangeHurts, NotFound
from enrolment.store.catalogue import find_activity
from enrolment.store.catalogue_writing import write_capacity
from enrolment.store.places import lock_places, places_of

from .licence import over_on_day
from .offer_places import offer_freed


async def preview_day(connection: AsyncConnection, key: PlaceKey, capacity: int) -> Impact:
    """Raises NotFound when the day is not open."""
    places = (await places_of(connection, [key])).get(key)
    if places is None:
        raise NotFound
    return await _impact(connection, key, places, capacity)


async def _impact(
    connection: AsyncConnection, key: PlaceKey, places: Places, capacity: int
) -> Impact:
    over = await over_on_day(connection, key, capacity)
    return replace(impact_of_capacity(key, places, capacity), over_licence=over)


async def edit_day(
    transaction: Transaction, key: PlaceKey, capacity: int, *, confirmed: bool, now: datetime
) -> None:
    """Places added go to those who wait. Raises NotFound, ChangeHurts."""
    connection = transaction.connection
    places = (await lock_places(connection, [key])).get(key)
    if places is None:
        raise NotFound
    impact = await _impact(connection, key, places, capacity)
    if not impact.is_harmless and not confirmed:
        raise ChangeHurts(impact)
    overbooking = await _overbooking(connection, key.activity_id)
    await write_capacity(
        connection, key.activity_id, [key.day], key.age_group, capacity, overbooking
    )
    await offer_freed(transaction, [key], now)


async def _overbooking(connection: AsyncConnection, activity_id: UUID) -> int:
    activity = await find_activity(connection, activity_id)
    return activity.waiting.overbooking if activity else 0
