"""Processes of the replay bench: one fills the log, one reads it barely, one replays it.

Each takes a role, a number of events and an address, prints READY, waits for a line on standard
input, works, and tells its figures.
"""

import asyncio
import itertools
import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import aio_pika
import uvloop

from chassis.broker.connection import open_link
from chassis.broker.partners import Partner
from chassis.broker.publishing import Outgoing, publish_many
from chassis.broker.topology import PUBLIC, PUBLIC_LOG
from chassis.identifiers import new_id
from portail.partners import replay as replaying
from portail.partners.replay import Replay
from portail_contracts.catalogue import Context
from portail_contracts.enrolment import BookingConfirmed
from portail_contracts.envelope import Envelope
from support.ledger_service import confirmed

WINDOW = 500
ACKNOWLEDGED = 100


def events(many: int) -> "itertools.islice[Outgoing]":
    families = itertools.cycle([new_id() for _ in range(500)])
    return itertools.islice(map(_outgoing, families), many)


def _outgoing(family: object) -> Outgoing:
    event = confirmed(family, new_id())
    body = Envelope.around(
        event,
        id=new_id(),
        producer=Context.ENROLMENT,
        time=event.confirmed_at,
        correlationid="0" * 32,
        causationid=None,
        traceparent=None,
    ).to_bytes()
    at: datetime = event.confirmed_at
    type_ = BookingConfirmed.type
    return Outgoing(new_id(), PUBLIC, type_, type_, body, at)


async def fill(many: int, url: str) -> list[object]:
    link = await open_link(url, "bench.fill")
    queue = await link.channel.get_queue("billing.events", ensure=False)
    await queue.unbind("portail.internal", BookingConfirmed.type)
    await go()
    coming = events(many)
    while window := list(itertools.islice(coming, WINDOW)):
        await publish_many(link.channel, window)
    await link.close()
    return []


async def read_bare(many: int, url: str) -> list[object]:
    """aio-pika as its documentation has it, acknowledging a hundred at a time."""
    connection = await aio_pika.connect(url)
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=4 * WINDOW)
    queue = await channel.get_queue(PUBLIC_LOG, ensure=False)
    done, count = asyncio.Event(), 0

    async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        nonlocal count
        count += 1
        if count % ACKNOWLEDGED == 0:
            await message.ack(multiple=True)
        if count >= many:
            done.set()

    await go()
    started = time.perf_counter()
    await queue.consume(take, arguments={"x-stream-offset": "first"})
    await done.wait()
    rate = many / (time.perf_counter() - started)
    await connection.close()
    return [rate]


async def replay(many: int, url: str) -> list[object]:
    """The whole log into a partner's queue, which nobody reads; memory from a tenth to the end."""
    partner = Partner("bench", (BookingConfirmed.type,))
    link = await open_link(url, "bench")
    await link.channel.declare_exchange(partner.again, "fanout", durable=True)
    queue = await link.channel.declare_queue(
        partner.queue, durable=True, arguments={"x-queue-type": "quorum"}
    )
    await queue.bind(partner.again)
    replaying.MOST_WAITING = many + 1
    resident: list[int] = []
    sending = Replay(url, partner, "first")
    watching = asyncio.create_task(_watch(sending, many, resident))
    await go()
    started = time.perf_counter()
    await sending.run()
    rate = many / (time.perf_counter() - started)
    watching.cancel()
    assert sending.sent == many, sending.sent
    await queue.delete(if_unused=False, if_empty=False)
    await link.close()
    return [rate, max(resident) - resident[0]]


async def _watch(sending: Replay, many: int, resident: list[int]) -> None:
    while True:
        if sending.sent >= many / 10:
            resident.append(_resident_kib())
        await asyncio.sleep(0.05)


def _resident_kib() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


async def go() -> None:
    print("READY", flush=True)
    await asyncio.to_thread(sys.stdin.readline)


ROLES: dict[str, Callable[[int, str], Awaitable[list[object]]]] = {
    role.__name__: role for role in (fill, read_bare, replay)
}


def main() -> None:
    name, many, url = sys.argv[1:]
    print("TOLD", *uvloop.run(ROLES[name](int(many), url)), flush=True)


if __name__ == "__main__":
    main()
