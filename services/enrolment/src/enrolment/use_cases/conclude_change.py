"""The owner of a family's file says what became of an accepted change."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from enrolment.domain.request import LineOutcome, RequestState, Step
from enrolment.store.families import lock_family
from enrolment.store.request_items import settle_items
from enrolment.store.request_records import RequestRecord, find_request
from enrolment.wording import why_not_applied
from portail_contracts.accounts import ChangeApplied, ChangeRejected
from portail_contracts.enrolment import Outcome, RequestApplied

from .decisions import Decision, announcement, fact, take_step
from .queue_change import OWNER
from .withdraw_request import withdraw_request

TAKEN_BACK = "withdrawn"
"""The owner's code when the family took the change back, or corrected it, meanwhile."""


class NotQueuedYet(LookupError):
    """The change is not in the queue: its proposal is on its way, so this fact comes again."""


async def conclude_applied(transaction: Transaction, event: ChangeApplied) -> None:
    """The request is applied and the family is told, item by item. Raises NotQueuedYet."""
    record = await _accepted(transaction, event.family_id, event.request_id)
    if record is None:
        return
    taken = set(event.item_ids)
    await settle_items(transaction.connection, record.request_id, LineOutcome.ACCEPTED, only=taken)
    version = record.version + 1
    now = event.applied_at
    await take_step(transaction, record, Step.APPLY, OWNER, now, version=version)
    transaction.record(RequestApplied(**fact(record, version), applied_at=now))
    transaction.record(announcement(record, version, Outcome.ACCEPTED, now))


async def conclude_rejected(transaction: Transaction, event: ChangeRejected) -> None:
    """Staff decide again, knowing what is in the way. Raises NotQueuedYet."""
    record = await _accepted(transaction, event.family_id, event.request_id)
    if record is None:
        return
    reason = why_not_applied(event.why, _labels(record, event.item_ids))
    await _fail(transaction, record, reason, event.rejected_at)
    if event.why == TAKEN_BACK:
        decision = Decision(record.request_id, None, OWNER)
        await withdraw_request(transaction, record.family_id, decision, now=event.rejected_at)


async def _accepted(
    transaction: Transaction, family_id: UUID, request_id: UUID
) -> RequestRecord | None:
    """The request that waits for its owner's word; None when it has had it."""
    await lock_family(transaction.connection, family_id)
    record = await find_request(transaction.connection, request_id, lock=True)
    if record is None:
        raise NotQueuedYet
    return record if record.state is RequestState.ACCEPTED else None


async def _fail(
    transaction: Transaction, record: RequestRecord, reason: str, now: datetime
) -> None:
    await settle_items(transaction.connection, record.request_id, LineOutcome.REQUESTED)
    await take_step(
        transaction, record, Step.FAIL, OWNER, now, version=record.version + 1, reason=reason
    )


def _labels(record: RequestRecord, item_ids: Collection[UUID]) -> list[str]:
    return [item.label for item in record.items if item.item_id in item_ids]
