"""Somebody opens a child's health data: noted first, in the same transaction, then opened."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.domain.change import Change
from accounts.domain.child import UnknownChild
from accounts.domain.health import HealthRecord, RecordedHealth
from accounts.domain.reading import Act, Opening, Part, Purpose, Reader
from accounts.domain.sealed_change import CHILD_HEALTH
from accounts.sealing import MasterKeys
from accounts.store.data_keys import data_key_of
from accounts.store.families import family_of_child
from accounts.store.health import health_of, proposal_of
from accounts.store.reads import note_opening
from chassis.database import Transaction

from .propose_sealed import waiting_change


@dataclass(frozen=True)
class PendingProposal:
    """What the family would have instead, and the change that waits for a decision."""

    change: Change
    record: HealthRecord


@dataclass(frozen=True)
class HealthFile:
    """What is recorded of a child's health, and what waits."""

    recorded: RecordedHealth
    pending: PendingProposal | None = None


async def read_health(
    transaction: Transaction,
    master_keys: MasterKeys,
    reader: Reader,
    child_id: UUID,
    purpose: Purpose,
    now: datetime,
    own_family: UUID | None = None,
) -> HealthFile:
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
    recorded = await health_of(connection, master_keys, child_id)
    return HealthFile(recorded, await _pending(transaction, master_keys, family_id, child_id))


async def _pending(
    transaction: Transaction, master_keys: MasterKeys, family_id: UUID, child_id: UUID
) -> PendingProposal | None:
    waiting = await waiting_change(transaction, family_id, CHILD_HEALTH, child_id)
    key = await data_key_of(transaction.connection, master_keys, child_id)
    if waiting is None or key is None:
        return None
    record = await proposal_of(transaction.connection, key, waiting.request_id)
    return None if record is None else PendingProposal(waiting, record)
