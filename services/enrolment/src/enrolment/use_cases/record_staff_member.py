"""Accounts says how a member of staff stands: keep it unless something newer is known."""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import Transaction
from enrolment.store.families import keep_staff_member


async def record_staff_member(
    transaction: Transaction,
    staff_id: UUID,
    version: int,
    name: str,
    roles: Sequence[str],
    active: bool,
) -> None:
    await keep_staff_member(transaction.connection, staff_id, version, name, roles, active)
