"""A centre, an activity or the whole service is closed for some days."""

from uuid import UUID

from chassis.database import Transaction
from chassis.identifiers import new_id
from enrolment.domain.school_calendar import Span
from enrolment.domain.submission import NotFound
from enrolment.store.catalogue import add_closure, find_activity, has_centre


async def close_days(
    transaction: Transaction, span: Span, centre_id: UUID | None, activity_id: UUID | None
) -> UUID:
    """Without centre and activity the closure is for everyone. Raises NotFound."""
    connection = transaction.connection
    if centre_id is not None and not await has_centre(connection, centre_id):
        raise NotFound
    if activity_id is not None and await find_activity(connection, activity_id) is None:
        raise NotFound
    closure_id = new_id()
    await add_closure(connection, closure_id, span, centre_id, activity_id)
    return closure_id
