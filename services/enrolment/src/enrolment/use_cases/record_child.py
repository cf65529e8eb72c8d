"""Accounts says how a child stands: keep it unless something newer is known."""

from chassis.database import Transaction
from enrolment.domain.diary import Child
from enrolment.store.families import keep_child


async def record_child(transaction: Transaction, child: Child, version: int) -> None:
    await keep_child(transaction.connection, child, version)
