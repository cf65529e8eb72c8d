"""What is known of a child's health becomes what the family or the front desk says it is."""

from datetime import datetime
from uuid import UUID

from accounts.domain.child import UnknownChild
from accounts.domain.health import HealthChanged, HealthRecord, RecordedHealth
from accounts.domain.reading import Act, Opening, Part, Purpose, Reader
from accounts.sealing import MasterKeys
from accounts.store.health import health_version, lock_child, put_health
from accounts.store.reads import note_opening
from chassis.clock import local_date
from chassis.database import Transaction


async def record_health(
    transaction: Transaction,
    master_keys: MasterKeys,
    reader: Reader,
    child_id: UUID,
    record: HealthRecord,
    base_version: int,
    purpose: Purpose,
    now: datetime,
) -> RecordedHealth:
    """Replace the record that had `base_version`; nothing is told outside of this service.

    Raises UnknownChild, WrongHealth, HealthChanged, SealedWithAnotherKey or BrokenSeal.
    """
    connection = transaction.connection
    locked = await lock_child(connection, child_id)
    if locked is None:
        raise UnknownChild
    family_id, born_on = locked
    if await health_version(connection, child_id) != base_version:
        raise HealthChanged("Ces données ont été modifiées depuis que vous les avez ouvertes.")
    recorded = RecordedHealth(base_version + 1, record.ready(born_on, local_date(now)))
    opening = Opening(reader, Part.HEALTH, Act.RECORDED, purpose, family_id, child_id)
    await note_opening(connection, opening, now)
    await put_health(connection, master_keys, child_id, recorded, now)
    return recorded
