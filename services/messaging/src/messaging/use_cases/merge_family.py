"""Two files were one family: what was written to one stands in the inbox of the other."""

from datetime import datetime

from chassis.database import Transaction
from messaging.store.families import lock_family
from messaging.store.forgetting import hand_over
from portail_contracts.accounts import FamilyMerged

from .tell_unread import tell_unread


async def merge_family(transaction: Transaction, merged: FamilyMerged, now: datetime) -> None:
    """Doing it again finds nothing left to move."""
    # In one order, whichever way round two merges name them.
    for family_id in sorted((merged.family_id, merged.absorbed_family_id)):
        await lock_family(transaction.connection, family_id)
    await hand_over(transaction.connection, merged.absorbed_family_id, merged.family_id)
    await tell_unread(transaction, merged.family_id, now)
