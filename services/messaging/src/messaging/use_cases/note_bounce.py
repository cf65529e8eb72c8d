"""A mailbox refused an e-mail after its server had taken it: staff are told, and other systems."""

from datetime import datetime

from chassis.database import Transaction
from messaging.domain.delivery import Bounce
from messaging.store import deliveries
from messaging.store.families import lock_family
from portail_contracts.messaging import EmailFailed


async def note_bounce(transaction: Transaction, bounce: Bounce, now: datetime) -> bool:
    """Once; False for a delivery that we never made, or that had ended otherwise."""
    connection = transaction.connection
    family_id = await deliveries.family_of(connection, bounce.delivery_id)
    if family_id is None:
        return False
    await lock_family(connection, family_id)
    category = await deliveries.note_bounce(connection, bounce.delivery_id, bounce.code, now)
    if category is None:
        return False
    transaction.record(
        EmailFailed(
            version=2,
            family_id=family_id,
            delivery_id=bounce.delivery_id,
            category=category,
            permanent=True,
            failed_at=now,
        )
    )
    return True
