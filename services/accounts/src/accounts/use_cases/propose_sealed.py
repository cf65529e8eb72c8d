"""What families propose of health data, documents and photos waits in the one queue of requests."""

from datetime import datetime
from uuid import UUID

from accounts.domain.change import AlreadyPending, Change, UnknownChange
from accounts.domain.family import Family, UnknownFamily
from accounts.domain.sealed_change import sealed_item
from accounts.store.changes import find_change, open_changes
from accounts.store.families import family_by_id
from chassis.database import Transaction
from chassis.identifiers import new_id

from .keep_change import Draft, give_up, keep_change


async def family_of(transaction: Transaction, family_id: UUID) -> Family:
    """Raises UnknownFamily; the family's row is locked already."""
    family = await family_by_id(transaction.connection, family_id)
    if family is None:
        raise UnknownFamily
    return family


async def waiting_change(
    transaction: Transaction, family_id: UUID, kind: str, child_id: UUID
) -> Change | None:
    """The change of that kind that waits for a decision about the child."""
    waiting = await open_changes(transaction.connection, family_id)
    about = (change for change in waiting if (change.kind, change.child_id) == (kind, child_id))
    return next(about, None)


async def replaced_change(
    transaction: Transaction, waiting: Change | None, replaces: UUID | None, label: str
) -> UUID | None:
    """What the new proposal takes the place of; raises AlreadyPending or UnknownChange."""
    if waiting is not None and waiting.request_id != replaces:
        raise AlreadyPending([label])
    if waiting is None and replaces is not None:
        earlier = await find_change(transaction.connection, replaces)
        if earlier is None:
            raise UnknownChange
        return None  # decided meanwhile: what is sent now is a proposal of its own
    return replaces


async def queue(
    transaction: Transaction,
    draft: Draft,
    path: str,
    label: str,
    replaced: Change | None,
    now: datetime,
) -> Change:
    """Keep the change with its one item, in place of the one it corrects."""
    if replaced is not None:
        await give_up(transaction, replaced, now)
    return await keep_change(transaction, draft, [sealed_item(new_id(), path, label)], now)
