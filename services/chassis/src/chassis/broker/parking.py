"""Events set aside: those to be tried again after a wait, and those given up on.

While an event waits, later events with its ordering key wait behind it (table `parked_events`),
so that a family's facts are never handled in the wrong order because one of them failed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from sqlalchemy import ARRAY, Uuid, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.telemetry import EVENTS_DEAD, EVENTS_PARKED, logger
from portail_contracts.catalogue import Context

from . import topology
from .deliveries import ATTEMPT, PARKED_FROM, REASON, Delivery, key_header
from .publishing import Outgoing, Unconfirmed, publish_many
from .tables import parked_events

LOST_AFTER = timedelta(minutes=15)
"""A parked event that has not come back this long after it was due no longer holds others up."""

NAMELESS = UUID("7d3c9a52-6a0e-4a53-9f0b-54a6b8a4c0de")

log = logger(__name__)


_WAITING = (
    select(parked_events.c.ordering_key, parked_events.c.event_id)
    .where(
        parked_events.c.ordering_key == func.any(bindparam("keys", type_=ARRAY(Uuid))),
        parked_events.c.due_at > bindparam("since"),
    )
    .order_by(parked_events.c.position)
)


class Queues:
    """Who waits for whom among the parked events of some ordering keys."""

    def __init__(self, waiting: dict[UUID, list[UUID]]) -> None:
        self._waiting = waiting

    def may_pass(self, delivery: Delivery) -> bool:
        line = self._waiting.get(delivery.event.ordering_key)
        return not line or line[0] == delivery.envelope.id

    def leave(self, delivery: Delivery) -> bool:
        """The event is settled; returns whether it stood in the line."""
        line = self._waiting.get(delivery.event.ordering_key, [])
        if delivery.envelope.id not in line:
            return False
        line.remove(delivery.envelope.id)
        return True

    def join(self, delivery: Delivery) -> None:
        line = self._waiting[delivery.event.ordering_key]
        if delivery.envelope.id not in line:
            line.append(delivery.envelope.id)


async def queues_for(
    connection: AsyncConnection, deliveries: Iterable[Delivery], now: datetime
) -> Queues:
    keys = {delivery.event.ordering_key for delivery in deliveries}
    rows = await connection.execute(_WAITING, {"keys": list(keys), "since": now - LOST_AFTER})
    waiting: dict[UUID, list[UUID]] = defaultdict(list)
    for key, event_id in rows:
        waiting[key].append(event_id)
    return Queues(waiting)


async def leave_line(connection: AsyncConnection, event_id: UUID) -> None:
    await connection.execute(delete(parked_events).where(parked_events.c.event_id == event_id))


@dataclass(frozen=True)
class Parking:
    """Where one consumer sets events aside."""

    context: Context
    retry_delays: tuple[float, ...]

    async def park(
        self,
        channel: AbstractChannel,
        connection: AsyncConnection,
        delivery: Delivery,
        now: datetime,
        *,
        failed: bool,
    ) -> None:
        """Wait and come back: longer after each failure, shortly when only waiting for others."""
        stage = delivery.attempt if failed else 0
        attempt = delivery.attempt + 1 if failed else delivery.attempt
        due_at = now + timedelta(seconds=self.retry_delays[stage])
        row = insert(parked_events).values(
            event_id=delivery.envelope.id, ordering_key=delivery.event.ordering_key, due_at=due_at
        )
        await connection.execute(
            row.on_conflict_do_update(index_elements=["event_id"], set_={"due_at": due_at})
        )
        queue = topology.retry_queue(self.context, stage)
        copy = copy_of(delivery.message, topology.retry_exchange(self.context), queue)
        headers = {ATTEMPT: attempt, PARKED_FROM: delivery.message.routing_key or ""}
        await _publish(channel, replace(copy, headers={**copy.headers, **headers}))
        EVENTS_PARKED.inc()

    def is_exhausted(self, delivery: Delivery) -> bool:
        return delivery.attempt >= len(self.retry_delays)

    async def bury(
        self, channel: AbstractChannel, message: AbstractIncomingMessage, reason: str, detail: str
    ) -> None:
        """To the dead-letter queue, where an operator lists, shows and replays."""
        copy = copy_of(message, topology.dead_queue(self.context), self.context)
        headers = {REASON: reason, PARKED_FROM: message.routing_key or ""}
        await _publish(channel, replace(copy, headers={**copy.headers, **headers}))
        EVENTS_DEAD.labels(reason).inc()
        log.error(
            "event.dead", event_id=str(copy.event_id), type=copy.type, reason=reason, detail=detail
        )


async def _publish(channel: AbstractChannel, message: Outgoing) -> None:
    if await publish_many(channel, [message]):
        raise Unconfirmed(f"no queue behind {message.exchange} for {message.routing_key}")


def copy_of(message: AbstractIncomingMessage, exchange: str, routing_key: str) -> Outgoing:
    """The same event for another queue; but for its key, headers start anew."""
    return Outgoing(
        event_id=identity_of(message),
        exchange=exchange,
        routing_key=routing_key,
        type=message.type or "",
        body=message.body,
        at=message.timestamp or datetime.fromtimestamp(0).astimezone(),
        headers=key_header(message.headers, message.body),
    )


def identity_of(message: AbstractIncomingMessage) -> UUID:
    """The event's id, or one made from the bytes when a stranger sent none."""
    try:
        return UUID(message.message_id or "")
    except ValueError:
        return uuid5(NAMELESS, message.body.hex())
