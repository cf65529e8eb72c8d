"""The supporting document of an absence has come: nobody waits for it any more."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from enrolment.domain.submission import NotFound
from enrolment.store.absences import note_document
from enrolment.store.families import lock_family
from enrolment.store.requests import family_of_request


async def receive_document(transaction: Transaction, request_id: UUID, *, now: datetime) -> int:
    """For all days of the request; returns how many waited for it. Raises NotFound."""
    family_id = await family_of_request(transaction.connection, request_id)
    if family_id is None:
        raise NotFound
    await lock_family(transaction.connection, family_id)
    return await note_document(transaction.connection, request_id, now)
