"""The administration says in which centres an agent works."""

from collections.abc import Collection
from uuid import UUID

from chassis.database import Transaction
from enrolment.domain.submission import NotFound
from enrolment.store.catalogue import all_centres
from enrolment.store.teams import has_agent, set_centres


async def assign_centres(
    transaction: Transaction, staff_id: UUID, centre_ids: Collection[UUID]
) -> None:
    """These and no others. Raises NotFound for an unknown agent or centre."""
    known = {centre.centre_id for centre in await all_centres(transaction.connection)}
    if not set(centre_ids) <= known or not await has_agent(transaction.connection, staff_id):
        raise NotFound
    await set_centres(transaction.connection, staff_id, centre_ids)
