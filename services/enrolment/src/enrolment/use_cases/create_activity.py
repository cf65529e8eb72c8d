"""A centre offers something: its slots, weekdays, places and notice periods."""

from chassis.database import Transaction
from enrolment.domain.activity import Activity
from enrolment.domain.impact import Impact
from enrolment.domain.submission import AlreadyExists, ChangeHurts, NotFound
from enrolment.store.catalogue import has_centre
from enrolment.store.catalogue_writing import add_activity

from .licence import over_after_edit


async def create_activity(
    transaction: Transaction, activity: Activity, position: int, *, confirmed: bool
) -> Activity:
    """Raises NotFound for an unknown centre, AlreadyExists when an identifier or label is taken.

    Unconfirmed, raises ChangeHurts when the centre would offer more than its licence allows.
    """
    if not await has_centre(transaction.connection, activity.centre_id):
        raise NotFound
    over = await over_after_edit(transaction.connection, activity)
    if over and not confirmed:
        raise ChangeHurts(Impact(over_licence=over))
    if not await add_activity(transaction.connection, activity, position):
        raise AlreadyExists("Une activité de ce centre porte déjà cet identifiant ou ce nom.")
    return activity
