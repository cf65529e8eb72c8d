"""Two files were one family: what was kept under the absorbed one belongs to the other now."""

from uuid import UUID

from chassis.database import Transaction
from enrolment.store.erasure import point_to
from enrolment.store.families import lock_family


async def merge_families(transaction: Transaction, absorbed: UUID, family_id: UUID) -> None:
    """Locked in the order of their identifiers, as everyone who locks several families does."""
    for one in sorted({family_id, absorbed}):
        await lock_family(transaction.connection, one)
    await point_to(transaction.connection, absorbed, family_id)
