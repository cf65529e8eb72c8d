"""Somebody opens a child's health data: noted first, in the same transaction, then opened."""

from datetime import datetime
from uuid import UUID

from accounts.domain.child import UnknownChild
from accounts.domain.health import RecordedHealth
from accounts.domain.reading import Act, Opening, Part, Purpose, Reader
from accounts.sealing import MasterKeys
from accounts.store.families import family_of_child
from accounts.store.health import health_of
from accounts.store.reads import note_opening
from chassis.database import Transaction


async def read_health(
    transaction: Transaction,
    master_keys: MasterKeys,
    reader: Reader,
    child_id: UUID,
    purpose: Purpose,
    now: datetime,
    own_family: UUID | None = None,
) -> RecordedHealth:
    """Give the answer only once the transaction has committed: an opening not kept did not happen.

    Raises UnknownChild (also for a child of another family than `own_family`),
    SealedWithAnotherKey or BrokenSeal.
    """
    connection = transaction.connection
    family_id = await family_of_child(connection, child_id)
    if family_id is None or own_family not in (None, family_id):
        raise UnknownChild
    opening = Opening(reader, Part.HEALTH, Act.READ, purpose, family_id, child_id)
    await note_opening(connection, opening, now)
    return await health_of(connection, master_keys, child_id)
