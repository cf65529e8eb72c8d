"""What the operator watches: age of the oldest unpublished event, depth of our queues."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress

from sqlalchemy import func, select

from chassis.clock import Clock
from chassis.database import Database
from chassis.telemetry import OUTBOX_OLDEST_SECONDS, OUTBOX_WAITING, QUEUE_DEPTH, logger
from portail_contracts.catalogue import Context

from . import topology
from .connection import LOST, Link, links
from .inbox import forget_old
from .tables import outbox

EVERY_SECONDS = 5.0
FORGET_EVERY = 720

log = logger(__name__)


async def sample(
    context: Context,
    database: Database,
    broker_urls: Sequence[str],
    clock: Clock,
    partitions: int = 1,
) -> None:
    """For ever; a figure that cannot be had keeps its last value."""
    names = [*topology.events_queues(context, partitions), topology.dead_queue(context)]
    names += [topology.retry_queue(context, s) for s in range(len(topology.RETRY_DELAYS))]
    await asyncio.gather(_outbox(database, clock), _queues(context, broker_urls, names))


async def _outbox(database: Database, clock: Clock) -> None:
    passes = 0
    while True:
        with suppress(Exception):  # the database's absence is told by /health/ready
            async with database.reading() as connection:
                oldest = select(func.min(outbox.c.recorded_at), func.count())
                recorded_at, waiting = (await connection.execute(oldest)).one()
            age = (clock.now() - recorded_at).total_seconds() if recorded_at else 0.0
            OUTBOX_OLDEST_SECONDS.set(max(age, 0.0))
            OUTBOX_WAITING.set(waiting)
            if passes % FORGET_EVERY == 0:
                async with database.transaction() as transaction:
                    await forget_old(transaction.connection, clock.now())
        passes += 1
        await asyncio.sleep(EVERY_SECONDS)


async def _queues(context: Context, broker_urls: Sequence[str], names: Sequence[str]) -> None:
    async with aclosing(links(broker_urls, f"{context}.sampling")) as found:
        async for link in found:
            with suppress(*LOST):
                while not link.lost.is_set():
                    await _measure(link, names)
                    await asyncio.sleep(EVERY_SECONDS)


async def _measure(link: Link, names: Sequence[str]) -> None:
    for name in names:
        queue = await link.channel.declare_queue(name, passive=True)
        QUEUE_DEPTH.labels(name).set(queue.declaration_result.message_count or 0)
