"""The administration keeps the reasons that refusals may use again."""

from uuid import UUID

from chassis.database import Transaction
from enrolment.domain.submission import AlreadyExists
from enrolment.store.refusal_reasons import (
    MOST,
    RefusalReason,
    all_refusal_reasons,
    keep_refusal_reason,
    remove_refusal_reason,
)


class TooManyReasons(Exception):
    """There are as many reasons as an agent can choose from."""


async def write_refusal_reason(transaction: Transaction, reason: RefusalReason) -> None:
    """Added, or changed when it is known. Raises AlreadyExists, TooManyReasons."""
    known = await all_refusal_reasons(transaction.connection)
    is_new = all(one.reason_id != reason.reason_id for one in known)
    if is_new and len(known) >= MOST:
        raise TooManyReasons
    if not await keep_refusal_reason(transaction.connection, reason):
        raise AlreadyExists("Un motif porte déjà ce nom.")


async def drop_refusal_reason(transaction: Transaction, reason_id: UUID) -> None:
    """Gone from the choice; refusals keep the words they were given."""
    await remove_refusal_reason(transaction.connection, reason_id)
