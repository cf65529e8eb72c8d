"""Two files were one family: what was kept under the absorbed one belongs to the other now."""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import Transaction
from enrolment.store.erasure import drop_unused_child, point_to
from enrolment.store.families import lock_family


async def merge_families(
    transaction: Transaction, absorbed: UUID, family_id: UUID, twins: Sequence[UUID] = ()
) -> None:
    """Locked in the order of their identifiers, as everyone who locks several families does.

    `twins` are children who stood in both files, as the absorbed one knew them: whoever never asked
    for anything goes; where days were asked for, they stay under the name they were billed under.
    """
    for one in sorted({family_id, absorbed}):
        await lock_family(transaction.connection, one)
    await point_to(transaction.connection, absorbed, family_id)
    for child_id in twins:
        await drop_unused_child(transaction.connection, child_id)
