"""Processes of the pipeline bench, and those of the two limits it is compared with.

Each takes a role, prints READY, waits for a line on standard input, works, and prints the
seconds since the epoch at which it ended.
"""

import asyncio
import itertools
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import aio_pika
import uvloop
from sqlalchemy import func, select

from chassis.broker.inbox import first_seen
from chassis.broker.tables import outbox
from chassis.correlation import new_trace
from chassis.database import Transaction
from chassis.identifiers import new_id
from chassis.telemetry import configure_logging
from portail_contracts.catalogue import Context
from portail_contracts.enrolment import BookingConfirmed
from portail_contracts.envelope import Envelope
from support.ledger_service import Listener, Producer, confirmed, hear, heard, say

EVENTS = 10_000
TASKS = 8
BATCH = 50
WINDOW = 500
TRICKLE = 2000
FAMILIES = [new_id() for _ in range(500)]

Role = Callable[[str, str], Awaitable[None]]


def bodies() -> list[bytes]:
    made = []
    for family in itertools.islice(itertools.cycle(FAMILIES), EVENTS):
        event = confirmed(family, new_id())
        made.append(
            Envelope.around(
                event,
                id=new_id(),
                producer=Context.ENROLMENT,
                time=event.confirmed_at,
                correlationid=new_trace().correlation_id,
                causationid=None,
                traceparent=new_trace().traceparent,
            ).to_bytes()
        )
    return made


_told = sys.stdout


def tell(line: str) -> None:
    print(line, file=_told, flush=True)


async def go() -> None:
    tell("READY")
    await asyncio.to_thread(sys.stdin.readline)


async def produce(database_url: str, broker_url: str) -> None:
    """Business row and outbox, one transaction each, with the relay beside."""
    producer = Producer(database_url, broker_url)
    relay = asyncio.create_task(producer.relay.run())
    await go()
    await _transactions(producer)
    while True:
        async with producer.database.reading() as connection:
            if not (await connection.execute(select(func.count()).select_from(outbox))).scalar():
                break
        await asyncio.sleep(0.1)
    relay.cancel()


async def _transactions(producer: Producer) -> None:
    async def some(count: int) -> None:
        for family in itertools.islice(itertools.cycle(FAMILIES), count):
            async with producer.database.transaction() as transaction:
                await say(transaction, confirmed(family, new_id()))

    await asyncio.gather(*(some(EVENTS // TASKS) for _ in range(TASKS)))


async def consume(database_url: str, broker_url: str) -> None:
    """Inbox and effect, as the consumer batches them."""
    listener = Listener(database_url, broker_url, (1.0,))
    consumer = asyncio.create_task(listener.consumer.run())
    await go()
    while True:
        async with listener.database.reading() as connection:
            if (
                await connection.execute(select(func.count()).select_from(heard))
            ).scalar() == EVENTS:
                break
        await asyncio.sleep(0.1)
    consumer.cancel()


async def write_only(database_url: str, broker_url: str) -> None:
    """The producer's transactions, and nobody takes the events away."""
    producer = Producer(database_url, broker_url)
    await go()
    await _transactions(producer)


async def effects_only(database_url: str, broker_url: str) -> None:
    """The consumer's transactions, fed from memory."""
    listener = Listener(database_url, broker_url, (1.0,))
    events = [
        confirmed(family, new_id())
        for family in itertools.islice(itertools.cycle(FAMILIES), EVENTS)
    ]
    await go()
    for start in range(0, EVENTS, BATCH):
        async with listener.database.transaction() as transaction:
            ids: list[UUID] = [new_id() for _ in range(BATCH)]
            await first_seen(transaction.connection, ids, events[0].confirmed_at)
            for event in events[start : start + BATCH]:
                await hear(transaction, event)


async def publish_raw(database_url: str, broker_url: str) -> None:
    """aio-pika as its documentation has it: publishes awaited together, confirms on."""
    connection = await aio_pika.connect(broker_url)
    channel = await connection.channel()
    exchange = await channel.get_exchange("portail.internal", ensure=False)
    messages = [aio_pika.Message(body, delivery_mode=2) for body in bodies()]
    await go()
    for start in range(0, EVENTS, WINDOW):
        await asyncio.gather(
            *(
                exchange.publish(message, "enrolment.booking.confirmed.v1", mandatory=True)
                for message in messages[start : start + WINDOW]
            )
        )
    await connection.close()


async def consume_raw(database_url: str, broker_url: str) -> None:
    connection = await aio_pika.connect(broker_url)
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=200)
    queue = await channel.get_queue("billing.events", ensure=False)
    done = asyncio.Event()
    count = 0

    async def acknowledge(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        nonlocal count
        await message.ack()
        count += 1
        if count == EVENTS:
            done.set()

    await queue.consume(acknowledge)
    await go()
    await done.wait()
    await connection.close()


async def trickle(database_url: str, broker_url: str) -> None:
    """200 events a second for ten seconds; each effect notes how long after its commit it came."""
    producer = Producer(database_url, broker_url)
    relay = asyncio.create_task(producer.relay.run())
    await go()
    started = time.perf_counter()
    for number in range(TRICKLE):
        delay = started + number / 200 - time.perf_counter()
        if delay > 0:
            await asyncio.sleep(delay)
        async with producer.database.transaction() as transaction:
            event = confirmed(FAMILIES[number % 500], new_id())
            await say(transaction, event)
        tell(f"COMMITTED {event.booking_id} {time.time()}")
    await asyncio.sleep(2)
    relay.cancel()


async def note_arrivals(database_url: str, broker_url: str) -> None:
    """The other end of `trickle`: tells the instant at which each effect was committed."""
    handled: list[UUID] = []
    arrived = 0

    async def note(transaction: Transaction, event: BookingConfirmed) -> None:
        await hear(transaction, event)
        handled.append(event.booking_id)

    listener = Listener(database_url, broker_url, (1.0,), {BookingConfirmed: note})
    plain = listener.database.transaction

    @asynccontextmanager
    async def noted() -> AsyncIterator[Transaction]:
        nonlocal arrived
        async with plain() as transaction:
            yield transaction
        for booking in handled:
            tell(f"HEARD {booking} {time.time()}")
        arrived += len(handled)
        handled.clear()

    listener.database.transaction = noted  # type: ignore[method-assign]
    consumer = asyncio.create_task(listener.consumer.run())
    await go()
    while arrived < TRICKLE:
        await asyncio.sleep(0.05)
    consumer.cancel()


ROLES: dict[str, Role] = {
    role.__name__: role
    for role in (
        produce,
        consume,
        write_only,
        effects_only,
        publish_raw,
        consume_raw,
        trickle,
        note_arrivals,
    )
}


def main() -> None:
    name, database_url, broker_url = sys.argv[1:]
    # Logs at production's level and form, into the void: their cost is part of ours.
    with Path(os.devnull).open("w") as sys.stdout:
        configure_logging("bench", "INFO")
        uvloop.run(ROLES[name](database_url, broker_url))
    tell(f"DONE {time.time()}")


if __name__ == "__main__":
    main()
