"""A try to send an e-mail ended: the log says how, and others are told when it was the last."""

from datetime import datetime

from chassis.database import Transaction
from messaging.domain.delivery import Next, State
from messaging.store import deliveries
from messaging.store.deliveries import Delivery
from messaging.store.families import lock_family
from portail_contracts.messaging import EmailDelivered, EmailFailed


async def note_delivery(
    transaction: Transaction, delivery: Delivery, next_: Next, code: int | None, now: datetime
) -> None:
    """Once: what another sender has ended stays as it is."""
    await lock_family(transaction.connection, delivery.family_id)
    noted = await deliveries.note_outcome(
        transaction.connection, delivery.delivery_id, next_, code, now
    )
    if noted and next_.state is not State.WAITING:
        transaction.record(_fact(delivery, next_.state, now))


def _fact(delivery: Delivery, state: State, now: datetime) -> EmailDelivered | EmailFailed:
    if state is State.SENT:
        return EmailDelivered(
            version=1,
            family_id=delivery.family_id,
            delivery_id=delivery.delivery_id,
            category=delivery.category,
            delivered_at=now,
        )
    return EmailFailed(
        version=1,
        family_id=delivery.family_id,
        delivery_id=delivery.delivery_id,
        category=delivery.category,
        permanent=state is State.REFUSED,
        failed_at=now,
    )
