"""A family asked to be forgotten: nothing that was written stays here."""

from datetime import datetime

from chassis.database import Transaction
from messaging.store import forgetting
from messaging.store.families import is_forgotten, lock_family
from portail_contracts.accounts import FamilyErased
from portail_contracts.messaging import MessagingErasureCompleted


async def forget_family(transaction: Transaction, erased: FamilyErased, now: datetime) -> None:
    """No law keeps messages: `kept` is empty. Doing it again changes nothing."""
    connection, family_id = transaction.connection, erased.family_id
    await lock_family(connection, family_id)
    if await is_forgotten(connection, family_id):
        return
    await forgetting.forget_family(connection, family_id)
    await forgetting.note_erasure(connection, family_id, erased.erasure_id, now)
    transaction.record(
        MessagingErasureCompleted(version=1, family_id=family_id, erasure_id=erased.erasure_id)
    )
