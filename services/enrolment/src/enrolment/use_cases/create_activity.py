"""A centre offers something: its slots, weekdays, places and notice periods."""

from chassis.database import Transaction
from enrolment.domain.activity import Activity
from enrolment.domain.submission import AlreadyExists, NotFound
from enrolment.store.catalogue import has_centre
from enrolment.store.catalogue_writing import add_activity


async def create_activity(transaction: Transaction, activity: Activity, position: int) -> Activity:
    """Raises NotFound for an unknown centre, AlreadyExists when an identifier or label is taken."""
    if not await has_centre(transaction.connection, activity.centre_id):
        raise NotFound
    if not await add_activity(transaction.connection, activity, position):
        raise AlreadyExists("Une activité de ce centre porte déjà cet identifiant ou ce nom.")
    return activity
