"""What every proposal shares, whatever its kind: one number, one receipt, one fact."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.domain.change import (
    Change,
    ChangeItem,
    ChangeState,
    ItemState,
    RequestIdReused,
    number_for,
)
from accounts.store.changes import (
    add_change,
    digest_of,
    find_change,
    move_change,
    next_number,
)
from chassis.clock import local_date
from chassis.database import Transaction
from portail_contracts.accounts import ChangeProposed, ProposedItem
from portail_contracts.enrolment import RequestKind

from .change_kinds import CHANGE_KINDS


@dataclass(frozen=True)
class Author:
    """Who proposes: a guardian with an access of their own, or whoever holds the shared one."""

    name: str
    guardian_id: UUID | None = None
    channel: str = "portal"


@dataclass(frozen=True)
class Draft:
    """A proposal before it has a number. `content` is what was sent, in one canonical form."""

    request_id: UUID
    family_id: UUID
    kind: str
    subject: str
    author: Author
    base_version: int
    content: str = field(repr=False)
    child_id: UUID | None = None
    replaces: UUID | None = None


@dataclass(frozen=True)
class Proposed:
    """The change, and whether this call made it or an earlier one had."""

    change: Change
    is_new: bool


async def earlier_change(
    transaction: Transaction, request_id: UUID, family_id: UUID, content: str
) -> Change | None:
    """What the same sending made before; raises RequestIdReused when it said something else."""
    earlier = await find_change(transaction.connection, request_id)
    if earlier is None:
        return None
    known = await digest_of(transaction.connection, request_id)
    if earlier.family_id != family_id or known != _digest(content):
        raise RequestIdReused
    return earlier


async def keep_change(
    transaction: Transaction, draft: Draft, items: Sequence[ChangeItem], now: datetime
) -> Change:
    """Keep the proposal and tell the queue of it; the family's row is locked.

    Raises RequestIdReused.
    """
    connection = transaction.connection
    change = Change(
        request_id=draft.request_id,
        number=number_for(local_date(now).year, await next_number(connection)),
        version=1,
        family_id=draft.family_id,
        kind=draft.kind,
        child_id=draft.child_id,
        subject=draft.subject,
        state=ChangeState.PENDING,
        base_version=draft.base_version,
        replaces=draft.replaces,
        submitted_at=now,
        submitted_by=draft.author.name,
        guardian_id=draft.author.guardian_id,
        channel=draft.author.channel,
        items=tuple(items),
    )
    if not await add_change(connection, change, _digest(draft.content)):
        raise RequestIdReused
    transaction.record(change_proposed(change))
    return change


async def give_up(transaction: Transaction, change: Change, now: datetime) -> None:
    """A change that its family took back, or replaced by another."""
    if not change.is_open:
        return
    await move_change(
        transaction.connection,
        change,
        ChangeState.WITHDRAWN,
        now,
        {item.item_id: ItemState.WITHDRAWN for item in change.items},
    )
    if let_go := CHANGE_KINDS[change.kind].let_go:
        await let_go(transaction, change)


def change_proposed(change: Change) -> ChangeProposed:
    """The fact that the queue is told: labels, never content."""
    return ChangeProposed(
        version=1,
        family_id=change.family_id,
        request_id=change.request_id,
        number=change.number,
        kind=RequestKind(change.kind),
        subject=change.subject,
        child_ids=(change.child_id,) if change.child_id else (),
        items=tuple(ProposedItem(item_id=one.item_id, label=one.label) for one in change.items),
        replaces=change.replaces,
        submitted_at=change.submitted_at,
        submitted_by=change.submitted_by,
        channel=change.channel,
    )


def _digest(content: str) -> bytes:
    return hashlib.sha256(content.encode()).digest()
