"""How many adults are planned for an activity, said once for all its days between two others."""

from datetime import date, datetime
from uuid import UUID

from chassis.database import Transaction
from enrolment.store.adults import note_adults
from enrolment.store.places import opened_days


async def plan_adults(
    transaction: Transaction,
    activity_id: UUID,
    first: date,
    last: date,
    adults: int,
    now: datetime,
    by: str,
) -> int:
    """Open days alone; a later word about one day replaces it. Returns how many days."""
    connection = transaction.connection
    opened = await opened_days(connection, activity_id)
    days = [day for day in opened if first <= day <= last]
    for day in days:
        await note_adults(connection, activity_id, day, adults, now, by)
    return len(days)
