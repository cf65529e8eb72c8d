"""Staff change a centre's name or the capacity of its licence."""

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Transaction
from enrolment.domain.impact import licence_exceeded
from enrolment.domain.places import Capacity
from enrolment.domain.submission import AlreadyExists, NotFound, OutOfDate
from enrolment.store.catalogue import Centre, find_centre, whole_catalogue
from enrolment.store.catalogue_writing import edit_centre as write_centre


async def edit_centre(transaction: Transaction, centre: Centre) -> Centre:
    """`centre.version` is the version that staff saw. Raises NotFound, OutOfDate, AlreadyExists."""
    standing = await find_centre(transaction.connection, centre.centre_id)
    if standing is None:
        raise NotFound
    if standing.version != centre.version:
        raise OutOfDate
    if not await write_centre(transaction.connection, centre):
        raise AlreadyExists("Un autre centre porte déjà ce nom.")
    changed = await find_centre(transaction.connection, centre.centre_id)
    return changed or centre


async def weekdays_over_licence(
    connection: AsyncConnection, centre: Centre, licensed: Capacity
) -> list[tuple[int, int, int]]:
    """Weekdays on which the centre's activities offer more places than the licence allows."""
    catalogue = await whole_catalogue(connection)
    own = [one for one in catalogue.activities.values() if one.centre_id == centre.centre_id]
    return licence_exceeded(own, licensed)
