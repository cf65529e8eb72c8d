"""Copies the log of public events into the database, and forgets what is old.

Reading begins a while before the last event that was taken, by time and not by position: after the
broker was made anew, positions start again. What is known by its id is not taken twice, so any
number of processes may do this, and a double of the relay's is one event here.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.broker.connection import Link, links
from chassis.broker.event_log import Logged, read_on
from chassis.broker.topology import LOG_DAYS
from chassis.clock import Clock
from chassis.database import Database
from chassis.telemetry import (
    PARTNER_PULL_BEHIND_SECONDS,
    WEBHOOK_BEHIND_SECONDS,
    WEBHOOK_PAUSED,
    WEBHOOK_WAITING,
    logger,
)
from messaging.store import kept_events, partner_keys, sendings, webhooks
from messaging.store.kept_events import Arrived

KEPT = timedelta(days=LOG_DAYS)
OVERLAP = timedelta(hours=1)
"""More than the clocks of the broker and of this machine may differ."""

PAUSE = 1.0
TIDY_SECONDS = 15.0
GAUGES = (WEBHOOK_WAITING, WEBHOOK_BEHIND_SECONDS, WEBHOOK_PAUSED)

log = logger(__name__)


class Keeper:
    """`run` is for ever; `take` is one piece of the log."""

    def __init__(self, database: Database, broker_urls: Sequence[str], clock: Clock) -> None:
        self._database, self._urls, self._clock = database, broker_urls, clock
        self._shown: set[str] = set()
        self._sent_to: set[str] = set()

    async def run(self) -> None:
        """Until cancelled; survives the loss of the broker and of the database."""
        await asyncio.gather(self._follow(), self._tidy_for_ever())

    async def _follow(self) -> None:
        async with aclosing(links(self._urls, "messaging.log")) as found:
            async for link in found:
                try:
                    await self._read(link)
                except Exception as error:  # the log still has what was not taken
                    log.warning("kept_events.interrupted", error=type(error).__name__)
                    await asyncio.sleep(PAUSE)

    async def _read(self, link: Link) -> None:
        async with self._database.reading() as connection:
            read_at = await kept_events.log_read_at(connection)
        # The broker's log is marked by the machine's clock, whatever a rehearsal shifts ours by.
        start = read_at - OVERLAP if read_at else datetime.now(UTC) - KEPT
        async with aclosing(read_on(link, start)) as pieces:
            async for piece in pieces:
                await self.take(piece)

    async def take(self, piece: Sequence[Logged]) -> None:
        """One transaction for each piece."""
        arrived = [one for logged in piece if (one := _arrived(logged)) is not None]
        if not arrived:
            return
        now, read_at = self._clock.now(), datetime.now(UTC)
        async with self._database.transaction() as transaction:
            await keep_and_queue(transaction.connection, arrived, now, read_at)

    async def _tidy_for_ever(self) -> None:
        while True:
            try:
                await self.tidy()
            except Exception as error:  # the next round will do
                log.warning("kept_events.not_tidied", error=type(error).__name__)
            await asyncio.sleep(TIDY_SECONDS)

    async def tidy(self) -> None:
        """Forget what is older than the log's own days, and show how far partners have come."""
        more = True
        while more:
            async with self._database.transaction() as transaction:
                before = self._clock.now() - KEPT
                more = await kept_events.forget(transaction.connection, before)
        await self._show()

    async def _show(self) -> None:
        async with self._database.reading() as connection:
            await self._show_webhooks(connection)
            pulls = await partner_keys.pulls(connection)
            for pull in pulls:
                since = await kept_events.oldest_after(connection, pull.number)
                behind = (self._clock.now() - since).total_seconds() if since else 0.0
                PARTNER_PULL_BEHIND_SECONDS.labels(pull.name).set(behind)
        standing = {pull.name for pull in pulls}
        for name in self._shown - standing:
            PARTNER_PULL_BEHIND_SECONDS.remove(name)
        self._shown = standing

    async def _show_webhooks(self, connection: AsyncConnection) -> None:
        lags, now = await webhooks.lags(connection), self._clock.now()
        for lag in lags:
            behind = (now - lag.oldest).total_seconds() if lag.oldest else 0.0
            for gauge, value in zip(
                GAUGES, (lag.waiting, behind, lag.pause is not None), strict=True
            ):
                gauge.labels(lag.name).set(value)
        standing = {lag.name for lag in lags}
        for name in self._sent_to - standing:
            for gauge in GAUGES:
                gauge.remove(name)
        self._sent_to = standing


async def keep_and_queue(
    connection: AsyncConnection,
    arrived: Sequence[Arrived],
    now: datetime,
    read_at: datetime | None = None,
) -> None:
    """What partners with an address are given is queued for them in the same transaction."""
    numbered = await kept_events.keep(connection, arrived, now, read_at or now)
    for webhook in await webhooks.standing(connection) if numbered else ():
        wanted = [number for number, one in numbered if one.is_for(webhook.partner)]
        await sendings.queue(connection, webhook.partner_id, wanted, now)


def _arrived(logged: Logged) -> Arrived | None:
    """None for what an event of ours cannot be: it would stop all that come after it."""
    try:
        centre = UUID(logged.centre) if logged.centre else None
        json.loads(logged.message.body)
        return Arrived(logged.event_id, logged.type, centre, logged.message.body)
    except (TypeError, ValueError):
        log.error("kept_events.unreadable", position=logged.position)
        return None
