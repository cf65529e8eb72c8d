"""A family proposes other health data for a child: sealed here, a bare word in the queue."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from accounts.domain.change import NothingChanged
from accounts.domain.child import UnknownChild
from accounts.domain.family import UnknownFamily
from accounts.domain.health import HealthChanged, HealthRecord
from accounts.domain.reading import Act, Opening, Part, Purpose, Reader
from accounts.domain.sealed_change import CHILD_HEALTH, HEALTH_LABEL
from accounts.sealing import MasterKeys
from accounts.store.data_keys import data_key_for
from accounts.store.families import lock_family
from accounts.store.health import health_of, keep_proposal
from accounts.store.reads import note_opening
from chassis.clock import local_date
from chassis.database import Transaction

from .keep_change import Author, Draft, Proposed, earlier_change
from .propose_sealed import family_of, queue, replaced_change, waiting_change

_JSON = TypeAdapter(HealthRecord)
HEALTH_PATH = "health"


@dataclass(frozen=True)
class HealthProposal:
    """The whole record as the family would have it; `seen_version` is the one it started from."""

    request_id: UUID
    family_id: UUID
    child_id: UUID
    record: HealthRecord = field(repr=False)
    seen_version: int
    author: Author
    reader: Reader
    replaces: UUID | None = None


async def propose_health(
    transaction: Transaction, master_keys: MasterKeys, proposal: HealthProposal, now: datetime
) -> Proposed:
    """Keep the proposal; the same sending again is the same change.

    Raises UnknownFamily, UnknownChild, WrongHealth, HealthChanged, NothingChanged,
    AlreadyPending or RequestIdReused.
    """
    connection = transaction.connection
    if not await lock_family(connection, proposal.family_id):
        raise UnknownFamily
    family = await family_of(transaction, proposal.family_id)
    child = family.child(proposal.child_id)
    if child is None:
        raise UnknownChild
    key = await data_key_for(connection, master_keys, child.child_id, now)
    content = key.digest(_JSON.dump_json(proposal.record).decode())
    earlier = await earlier_change(transaction, proposal.request_id, proposal.family_id, content)
    if earlier is not None:
        return Proposed(earlier, is_new=False)
    record = proposal.record.ready(child.born_on, local_date(now))
    known = await health_of(connection, master_keys, child.child_id)
    if known.version != proposal.seen_version:
        raise HealthChanged("Ces données ont été modifiées depuis que vous les avez ouvertes.")
    if known.record == record:
        raise NothingChanged("Rien n’a changé : ces données sont déjà enregistrées.")
    waiting = await waiting_change(transaction, family.family_id, CHILD_HEALTH, child.child_id)
    replaces = await replaced_change(transaction, waiting, proposal.replaces, HEALTH_LABEL)
    draft = Draft(
        request_id=proposal.request_id,
        family_id=family.family_id,
        kind=CHILD_HEALTH,
        subject=child.given_name,
        author=proposal.author,
        base_version=known.version,
        content=content,
        child_id=child.child_id,
        replaces=replaces,
    )
    change = await queue(transaction, draft, HEALTH_PATH, HEALTH_LABEL, waiting, now)
    await keep_proposal(connection, key, change.request_id, child.child_id, record, now)
    await note_opening(connection, _opening(proposal), now)
    return Proposed(change, is_new=True)


def _opening(proposal: HealthProposal) -> Opening:
    return Opening(
        proposal.reader,
        Part.HEALTH,
        Act.PROPOSED,
        Purpose.OWN,
        proposal.family_id,
        proposal.child_id,
    )
