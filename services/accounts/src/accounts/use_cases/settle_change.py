"""The authority decided, or the family took its request back: the change follows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from accounts.domain.change import Change, ChangeItem, ChangeState, ItemState
from accounts.store.changes import family_of_change, find_change, move_change, note_found
from accounts.store.families import lock_family
from chassis.database import Transaction
from portail_contracts.accounts import ChangeApplied, ChangeRejected

from .change_kinds import CHANGE_KINDS, InTheWay
from .keep_change import give_up

VERSION_CONFLICT = "version-conflict"
WITHDRAWN = "withdrawn"


async def apply_change(
    transaction: Transaction, request_id: UUID, item_ids: Sequence[UUID], now: datetime
) -> None:
    """Apply the items accepted (none named: all) and say so, or say what is in their way.

    Nothing is written over in silence: when one item meets a file that says something else than
    the family saw, none is applied, and staff decide again with both before them.
    """
    change = await _locked(transaction, request_id)
    if change is None or change.state is ChangeState.APPLIED:
        return
    if not change.is_open:
        # Taken back or replaced while staff were deciding.
        _reject(transaction, change, WITHDRAWN, [item.item_id for item in change.items], now)
        return
    accepted = [item for item in change.items if not item_ids or item.item_id in item_ids]
    kind = CHANGE_KINDS[change.kind]
    in_the_way = await kind.found(transaction.connection, change, accepted, now)
    if in_the_way:
        await _tell_conflict(transaction, change, in_the_way, now)
        return
    await kind.apply(transaction, change, accepted, now)
    await _tell_applied(transaction, change, accepted, now)


async def refuse_change(transaction: Transaction, request_id: UUID, now: datetime) -> None:
    """The file stays as it is; the reason is enrolment's to tell."""
    change = await _locked(transaction, request_id)
    if change is None or not change.is_open:
        return
    outcomes = {item.item_id: ItemState.REFUSED for item in change.items}
    await move_change(transaction.connection, change, ChangeState.REFUSED, now, outcomes)
    if let_go := CHANGE_KINDS[change.kind].let_go:
        await let_go(transaction, change)


async def withdraw_change(transaction: Transaction, request_id: UUID, now: datetime) -> None:
    """The family took it back before it was decided."""
    change = await _locked(transaction, request_id)
    if change is not None:
        await give_up(transaction, change, now)


async def _locked(transaction: Transaction, request_id: UUID) -> Change | None:
    """None: a request of another kind, which is nothing of ours."""
    family_id = await family_of_change(transaction.connection, request_id)
    if family_id is None:
        return None
    await lock_family(transaction.connection, family_id)
    return await find_change(transaction.connection, request_id, lock=True)


async def _tell_conflict(
    transaction: Transaction, change: Change, in_the_way: InTheWay, now: datetime
) -> None:
    connection = transaction.connection
    for item_id, (found, words) in in_the_way.items():
        await note_found(connection, item_id, found, words)
    moved = await move_change(connection, change, ChangeState.IN_THE_WAY, now)
    _reject(transaction, moved, VERSION_CONFLICT, list(in_the_way), now)


def _reject(
    transaction: Transaction, change: Change, why: str, item_ids: Sequence[UUID], now: datetime
) -> None:
    transaction.record(
        ChangeRejected(
            version=change.version,
            family_id=change.family_id,
            request_id=change.request_id,
            why=why,
            item_ids=tuple(item_ids),
            rejected_at=now,
        )
    )


async def _tell_applied(
    transaction: Transaction, change: Change, accepted: Sequence[ChangeItem], now: datetime
) -> None:
    taken = {item.item_id for item in accepted}
    moved = await move_change(
        transaction.connection, change, ChangeState.APPLIED, now, _outcomes(change, taken)
    )
    transaction.record(
        ChangeApplied(
            version=moved.version,
            family_id=change.family_id,
            request_id=change.request_id,
            item_ids=tuple(item.item_id for item in accepted),
            applied_at=now,
        )
    )


def _outcomes(change: Change, taken: set[UUID]) -> Mapping[UUID, ItemState]:
    return {
        item.item_id: ItemState.APPLIED if item.item_id in taken else ItemState.REFUSED
        for item in change.items
    }
