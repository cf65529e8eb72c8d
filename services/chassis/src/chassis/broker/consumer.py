"""The consumer: one queue or some of its parts, in order, in batches that commit before their
acknowledgement.

It takes what is already buffered, at most `BATCH`, into one transaction, without waiting for
more. When a batch fails it is done again one by one, so that one bad event is parked alone.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from aio_pika.abc import AbstractIncomingMessage
from opentelemetry.trace import SpanKind

from chassis import crash_points, spans
from chassis.clock import Clock
from chassis.correlation import trace_from, tracing
from chassis.database import Database, Transaction
from chassis.telemetry import HANDLER_SECONDS, logger
from portail_contracts.catalogue import Context
from portail_contracts.event import Event

from . import topology
from .connection import ANSWER_SECONDS, Link, heed_cancellation, links
from .deliveries import Delivery, Poison, read
from .inbox import first_seen
from .parking import Parking, leave_line, queues_for
from .publishing import Unconfirmed
from .sharing import share_out

BATCH = 50
PREFETCH = 4 * BATCH
PAUSE = 0.5

Handler = Callable[[Transaction, Any], Awaitable[None]]
"""Called with the transaction and the event; whatever it writes commits with the inbox."""

Handlers = Mapping[type[Event], Handler]

log = logger(__name__)


class HopelessEvent(Exception):
    """Raised by a handler for an event that no retry can make right: it is dead at once."""


class Consumer:
    """Feeds one service's handlers from its queue, or from the partitions that fall to it."""

    def __init__(
        self,
        context: Context,
        database: Database,
        broker_urls: Sequence[str],
        clock: Clock,
        handlers: Handlers,
        retry_delays: tuple[float, ...] = topology.RETRY_DELAYS,
        partitions: int = 1,
    ) -> None:
        self._context = context
        self._database = database
        self._urls = broker_urls
        self._clock = clock
        self._handlers = handlers
        self._parking = Parking(context, retry_delays)
        self._queues = topology.events_queues(context, partitions)

    async def run(self) -> None:
        """Until cancelled; survives the loss of the broker and of the database."""
        if len(self._queues) == 1:
            await self._read(self._queues[0])
        else:
            await share_out(self._database, self._queues, self._read)

    async def _read(self, queue: str) -> None:
        async with aclosing(links(self._urls, f"{self._context}.consumer")) as found:
            async for link in found:
                try:
                    await self._wait_for_database()
                    await self._consume(link, queue)
                except Exception as error:  # the queue keeps what was not acknowledged
                    kind, place = type(error).__name__, _place(error)
                    log.warning("consumer.interrupted", error=kind, place=place)
                    await asyncio.sleep(PAUSE)

    async def _consume(self, link: Link, name: str) -> None:
        """Until the link is lost. One buffer only: `ack` covers all that came before in it."""
        buffer: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        queue = await link.channel.get_queue(name, ensure=False)
        # One message first: in a crash loop only the culprit at the head of the queue uses up
        # its deliveries, not the two hundred that stand behind it.
        await link.channel.set_qos(prefetch_count=1)
        tag = await queue.consume(buffer.put, timeout=ANSWER_SECONDS)
        probe = await _next_batch(buffer, link)
        if probe is None:
            return
        # Cancelled once its effects are committed: whoever waits is given the next one then. And
        # before it is acknowledged, or the broker would send one more, and put it back too far
        # behind.
        await self._settle(link, probe)
        await queue.cancel(tag)
        await _acknowledge(probe)
        await link.channel.set_qos(prefetch_count=PREFETCH)
        await queue.consume(buffer.put, timeout=ANSWER_SECONDS)
        while (batch := await _next_batch(buffer, link)) is not None:
            await self._settle(link, batch)
            await _acknowledge(batch)

    async def _settle(self, link: Link, batch: list[AbstractIncomingMessage]) -> None:
        """Every message ends handled, parked or buried; only then may they be acknowledged."""
        crash_points.reach(crash_points.AFTER_RECEIVE)
        deliveries = await self._readable(link, batch)
        try:
            await self._handle(link, deliveries)
        except Unconfirmed:
            raise
        except Exception as error:  # which event failed is found by doing them one by one
            log.info("consumer.batch_redone", size=len(deliveries), error=type(error).__name__)
            for delivery in deliveries:
                await self._settle_alone(link, delivery)

    async def _settle_alone(self, link: Link, delivery: Delivery) -> None:
        while True:
            try:
                await self._handle(link, [delivery])
                return
            except Unconfirmed:
                raise
            except Exception as error:  # whatever a handler raises must not stop the queue
                if await self._database.is_up():
                    await self._give_way(link, delivery, error)
                    return
            await self._wait_for_database()

    async def _readable(
        self, link: Link, batch: Sequence[AbstractIncomingMessage]
    ) -> list[Delivery]:
        deliveries = []
        for message in batch:
            try:
                deliveries.append(read(message))
            except Poison as poison:
                await self._parking.bury(link.channel, message, poison.reason, str(poison))
        return deliveries

    async def _handle(self, link: Link, deliveries: list[Delivery]) -> None:
        """One transaction: inbox, effects, and whoever must wait behind a parked event."""
        now = self._clock.now()
        async with self._database.transaction() as transaction:
            connection = transaction.connection
            queues = await queues_for(connection, deliveries, now)
            passing = []
            for delivery in deliveries:
                if queues.may_pass(delivery):
                    passing.append(delivery)
                    if queues.leave(delivery):
                        await leave_line(connection, delivery.envelope.id)
                else:
                    queues.join(delivery)
                    await self._parking.park(link.channel, connection, delivery, now, failed=False)
            fresh = await first_seen(connection, [d.envelope.id for d in passing], now)
            for delivery in passing:
                if delivery.envelope.id in fresh:
                    fresh.discard(delivery.envelope.id)
                    await self._apply(transaction, delivery)

    async def _apply(self, transaction: Transaction, delivery: Delivery) -> None:
        handler = self._handlers.get(type(delivery.event))
        if handler is None:
            raise HopelessEvent(f"{self._context} does not listen to {delivery.event.type}")
        trace = trace_from(delivery.envelope.traceparent).caused_by(str(delivery.envelope.id))
        started = time.perf_counter()
        with tracing(trace), spans.span(trace, SpanKind.CONSUMER, delivery.event.type):
            await handler(transaction, delivery.event)
            log.info("event.handled", event_id=str(delivery.envelope.id), type=delivery.event.type)
        elapsed = time.perf_counter() - started
        HANDLER_SECONDS.labels(delivery.event.type, "done").observe(elapsed)

    async def _give_way(self, link: Link, delivery: Delivery, error: Exception) -> None:
        """Park the event that failed, or bury it when its tries are used up."""
        with tracing(trace_from(delivery.envelope.traceparent)):
            log.warning(
                "event.failed",
                event_id=str(delivery.envelope.id),
                type=delivery.event.type,
                attempt=delivery.attempt,
                error=type(error).__name__,
                # The class and place only: a message may quote the data of people.
                place=_place(error),
            )
        HANDLER_SECONDS.labels(delivery.event.type, "failed").observe(0)
        hopeless = isinstance(error, HopelessEvent)
        async with self._database.transaction() as transaction:
            if hopeless or self._parking.is_exhausted(delivery):
                await leave_line(transaction.connection, delivery.envelope.id)
                reason = "hopeless" if hopeless else "exhausted"
                await self._parking.bury(
                    link.channel, delivery.message, reason, type(error).__name__
                )
            else:
                await self._parking.park(
                    link.channel, transaction.connection, delivery, self._clock.now(), failed=True
                )

    async def _wait_for_database(self) -> None:
        """Messages stay unacknowledged meanwhile: sending them back would use up deliveries."""
        while not await self._database.is_up():
            log.warning("consumer.database_unreachable", retry_in_s=PAUSE)
            await asyncio.sleep(PAUSE)


async def _acknowledge(batch: list[AbstractIncomingMessage]) -> None:
    crash_points.reach(crash_points.BEFORE_ACKNOWLEDGE)
    await batch[-1].ack(multiple=True)


async def _next_batch(
    buffer: asyncio.Queue[AbstractIncomingMessage], link: Link
) -> list[AbstractIncomingMessage] | None:
    """At least one message and what is buffered behind it; None when the link is lost."""
    first = await _first(buffer, link)
    if first is None:
        return None
    batch = [first]
    while len(batch) < BATCH and not buffer.empty():
        batch.append(buffer.get_nowait())
    return batch


async def _first(
    buffer: asyncio.Queue[AbstractIncomingMessage], link: Link
) -> AbstractIncomingMessage | None:
    heed_cancellation()
    if not buffer.empty() and not link.lost.is_set():
        return buffer.get_nowait()
    arriving = asyncio.create_task(buffer.get())
    losing = asyncio.create_task(link.lost.wait())
    try:
        await asyncio.wait({arriving, losing}, return_when=asyncio.FIRST_COMPLETED)
        return None if losing.done() else arriving.result()
    finally:
        arriving.cancel()
        losing.cancel()


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
