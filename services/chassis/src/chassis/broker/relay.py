"""The relay: what committed goes to the broker, in order for each aggregate, and is then deleted.

It drains by deletion, never by a cursor over positions: a lower position can commit later, and a
watermark would skip it for ever. One relay holds a partition at a time (transaction advisory
lock); several replicas share the partitions between them.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from sqlalchemy import Row, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import crash_points
from chassis.clock import Clock
from chassis.database import Database
from chassis.telemetry import EVENTS_PUBLISHED, EVENTS_UNROUTABLE, logger
from portail_contracts.catalogue import Context

from .connection import LOST, Link, heed_cancellation, links
from .event_log import logs_are_up
from .partners import centre_header
from .publishing import Outgoing, Unconfirmed, publish_many
from .tables import PARTITIONS, outbox
from .topology import KEY

BATCH = 500
SWEEP_SECONDS = 1.0
PACE_PER_EVENT = 0.003
LONGEST_PACE = 0.05
"""A pass that carried many events is followed by a pause, so that the next carries many too: a
few events a second go at once, thousands go in bulk. Above some 330 a second the pause grows."""
LOCK_CLASS = 0x0B0C
LONGEST_BLOCK = timedelta(minutes=5)

log = logger(__name__)

_LOCK = text(
    "SELECT p FROM generate_series(0, :last) AS p WHERE pg_try_advisory_xact_lock(:class, p)"
)
# An event waits behind an earlier one of the same aggregate that could not be routed.
_NEXT = text(
    "SELECT position, event_id, ordering_key, exchange, type, body, recorded_at, attempts"
    " FROM outbox o"
    " WHERE partition = ANY(:partitions)"
    "   AND NOT EXISTS (SELECT FROM outbox b WHERE b.ordering_key = o.ordering_key"
    "                   AND b.blocked_until > :now AND b.position <= o.position)"
    " ORDER BY position LIMIT :batch"
)


_DELETE = text("DELETE FROM outbox WHERE position = ANY(:positions)")


@dataclass(frozen=True)
class Drained:
    """What one pass did."""

    published: int
    unroutable: int


class Relay:
    """Moves one service's outbox to the broker."""

    def __init__(
        self, context: Context, database: Database, broker_urls: Sequence[str], clock: Clock
    ) -> None:
        self._context = context
        self._database = database
        self._urls = broker_urls
        self._clock = clock
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; survives the loss of the broker and of the database."""
        listening = asyncio.create_task(self._listen())
        try:
            async with aclosing(links(self._urls, f"{self._context}.relay")) as found:
                async for link in found:
                    await self._serve(link)
        finally:
            listening.cancel()

    async def _serve(self, link: Link) -> None:
        try:
            await logs_are_up(link)
        except LOST as error:
            log.warning("relay.interrupted", error=type(error).__name__)
            return
        await self._drain_until_lost(link)

    async def _drain_until_lost(self, link: Link) -> None:
        while not link.lost.is_set():
            self._woken.clear()
            began = time.monotonic()
            try:
                drained = await self.drain(link)
            except Unconfirmed as error:
                log.warning("relay.unconfirmed", error=str(error))
                return
            except Exception as error:  # what was not deleted is still in the outbox
                log.warning("relay.interrupted", error=type(error).__name__)
                await asyncio.sleep(SWEEP_SECONDS)
                continue
            if drained.published < BATCH:
                await self._sleep(link)
                pace = min(LONGEST_PACE, drained.published * PACE_PER_EVENT)
                await asyncio.sleep(max(0.0, began + pace - time.monotonic()))

    async def _sleep(self, link: Link) -> None:
        """Until an insert wakes us; the sweep finds what a lost notification would leave behind."""
        heed_cancellation()
        waits = [asyncio.create_task(event.wait()) for event in (self._woken, link.lost)]
        await asyncio.wait(waits, timeout=SWEEP_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def drain(self, link: Link) -> Drained:
        """Publish one batch; raises Unconfirmed and deletes nothing when its fate is unknown."""
        now = self._clock.now()
        async with self._database.engine.begin() as connection:
            rows = await _next_batch(connection, now)
            if not rows:
                return Drained(0, 0)
            unroutable = set(await publish_many(link.channel, [_outgoing(row) for row in rows]))
            crash_points.reach(crash_points.AFTER_PUBLISH)
            done = [row.position for row in rows if row.event_id not in unroutable]
            await connection.execute(_DELETE, {"positions": done})
            for row in rows:
                if row.event_id in unroutable:
                    await _block(connection, row, now)
        EVENTS_PUBLISHED.inc(len(done))
        return Drained(len(done), len(unroutable))

    async def _listen(self) -> None:
        """Hear NOTIFY on a connection of our own; on its loss the sweep serves until it is back."""
        url = self._database.engine.url.set(drivername="postgresql")
        dsn = url.render_as_string(hide_password=False)
        while True:
            try:
                await _hear(dsn, self._woken)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                log.warning("relay.not_listening")
            await asyncio.sleep(SWEEP_SECONDS)


async def _hear(dsn: str, woken: asyncio.Event) -> None:
    """Set `woken` at each notification, until the connection ends."""
    ended = asyncio.Event()
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        connection.add_termination_listener(lambda _: ended.set())
        await connection.add_listener("outbox", lambda *_: woken.set())
        await ended.wait()
    finally:
        await connection.close(timeout=2)


async def _next_batch(connection: AsyncConnection, now: datetime) -> Sequence[Row[Any]]:
    # Two statements, so that the second sees what another relay deleted before we got its lock.
    held = await connection.execute(_LOCK, {"last": PARTITIONS - 1, "class": LOCK_CLASS})
    partitions = list(held.scalars())
    if not partitions:
        return []
    chosen = {"partitions": partitions, "now": now, "batch": BATCH}
    return (await connection.execute(_NEXT, chosen)).all()


def _outgoing(row: Row[Any]) -> Outgoing:
    return Outgoing(
        event_id=row.event_id,
        exchange=row.exchange,
        routing_key=row.type,
        type=row.type,
        body=row.body,
        at=row.recorded_at,
        headers={KEY: str(row.ordering_key), **centre_header(row.body)},
    )


async def _block(connection: AsyncConnection, row: Row[Any], now: datetime) -> None:
    """Keep an event that no queue is bound for: someone must mend the topology, then it goes."""
    wait = min(timedelta(seconds=2 ** min(row.attempts, 10)), LONGEST_BLOCK)
    await connection.execute(
        update(outbox)
        .where(outbox.c.position == row.position)
        .values(attempts=row.attempts + 1, blocked_until=now + wait)
    )
    EVENTS_UNROUTABLE.inc()
    log.error("relay.unroutable", event_id=str(row.event_id), type=row.type)
