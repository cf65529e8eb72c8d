"""Accounts says how a child stands: keep it unless something newer is known."""

from datetime import date, datetime

from chassis.database import Transaction
from enrolment.domain.diary import Child
from enrolment.store.families import keep_child, lock_family

from .end_enrolment import end_everything


async def record_child(transaction: Transaction, child: Child, version: int) -> None:
    await keep_child(transaction.connection, child, version)


async def record_departure(
    transaction: Transaction, child: Child, version: int, left_on: date, now: datetime
) -> None:
    """The child left the file: what was to come after that day is over. A fact older than what is
    known changes nothing: the child may have come back since."""
    await lock_family(transaction.connection, child.family_id)
    if await keep_child(transaction.connection, child, version, left_on):
        await end_everything(transaction, child.child_id, left_on, now)
