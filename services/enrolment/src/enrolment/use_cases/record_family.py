"""Accounts says how a family stands: keep it unless something newer is known."""

from uuid import UUID

from chassis.database import Transaction
from enrolment.store.families import keep_family


async def record_family(
    transaction: Transaction, family_id: UUID, version: int, reference: str, name: str
) -> None:
    await keep_family(transaction.connection, family_id, version, reference, name)
