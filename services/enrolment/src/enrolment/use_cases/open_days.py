"""An activity is opened for booking: one row of places per open day and age group."""

from datetime import date
from uuid import UUID

from chassis.database import Transaction
from enrolment.domain.school_calendar import CalendarUnknown, SchoolCalendar
from enrolment.domain.submission import NotFound
from enrolment.store.catalogue import find_activity
from enrolment.store.places import open_places


async def open_days(
    transaction: Transaction,
    activity_id: UUID,
    first: date,
    last: date,
    *,
    calendar: SchoolCalendar,
) -> int:
    """Open the activity's days between these, both included; returns how many were not yet open.

    Raises NotFound, CalendarUnknown.
    """
    activity = await find_activity(transaction.connection, activity_id)
    if activity is None:
        raise NotFound
    if not (calendar.knows(first) and calendar.knows(last)):
        raise CalendarUnknown("Le calendrier scolaire de ces dates n’est pas encore publié.")
    days = list(activity.days_to_open(first, last, calendar))
    return await open_places(transaction.connection, activity, days)
