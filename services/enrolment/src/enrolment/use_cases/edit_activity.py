"""Staff change an activity: whom it hurts is shown before, and nothing is done in silence."""

from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Transaction
from enrolment.domain.activity import Activity
from enrolment.domain.impact import Impact, impact_of_edit
from enrolment.domain.places import AgeGroup
from enrolment.domain.submission import ChangeHurts, NotFound, OutOfDate
from enrolment.store.catalogue import find_activity
from enrolment.store.catalogue_writing import edit_activity as write_activity
from enrolment.store.catalogue_writing import write_capacity
from enrolment.store.places import open_places, opened_days, places_of_activity
from enrolment.store.standing import standing_bookings

from .licence import over_after_edit


async def preview_edit(connection: AsyncConnection, new: Activity, *, today: date) -> Impact:
    """From today on: what is past is as it was. Raises NotFound."""
    standing = await find_activity(connection, new.activity_id)
    if standing is None:
        raise NotFound
    bookings = await standing_bookings(connection, today, activity_id=new.activity_id)
    places = await places_of_activity(connection, new.activity_id, today)
    over = await over_after_edit(connection, replace(new, centre_id=standing.centre_id))
    return replace(impact_of_edit(new, bookings, places), over_licence=over)


async def edit_activity(
    transaction: Transaction, new: Activity, *, confirmed: bool, today: date
) -> Activity:
    """Bookings that the change hurts are kept: staff, who have seen them, settle each.

    `new.version` is the version that staff saw. Raises NotFound, OutOfDate, ChangeHurts.
    """
    connection = transaction.connection
    impact = await preview_edit(connection, new, today=today)
    if not impact.is_harmless and not confirmed:
        raise ChangeHurts(impact)
    if not await write_activity(connection, new):
        raise OutOfDate
    await _write_places(connection, new, today)
    return await find_activity(connection, new.activity_id) or new


async def _write_places(connection: AsyncConnection, activity: Activity, today: date) -> None:
    """Days already open follow the new capacity; a group received from now on gets its rows."""
    opened = await opened_days(connection, activity.activity_id)
    ahead = [day for day in opened if day >= today]
    for group in AgeGroup:
        capacity = activity.capacity.of(group)
        await write_capacity(
            connection,
            activity.activity_id,
            ahead,
            group,
            capacity,
            activity.waiting.overbooking,
        )
    await open_places(connection, activity, ahead)
