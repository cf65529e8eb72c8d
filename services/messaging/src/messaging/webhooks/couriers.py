"""Sends what is due: a task for each address, so that one that is dead or slow delays no other.

An address is served by one process at a time, for a lease. Whoever dies between an address's answer
and our commit leaves the event waiting: it goes out again after the lease, with the same id.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from chassis import crash_points
from chassis.clock import Clock
from chassis.database import Database
from chassis.telemetry import WEBHOOK_TRIES, logger
from messaging.domain.webhooks import Health, Told, best_of, fate_after, health_after
from messaging.news import News
from messaging.store import sendings, webhooks
from messaging.store.sendings import Due
from messaging.store.webhooks import Webhook

from .posting import WITHIN_SECONDS, Poster, signed

AT_ONCE = 8
"""Events on their way to one address that does not ask for order."""

TURN_SECONDS = 30.0
LEASE = timedelta(seconds=TURN_SECONDS + 2 * WITHIN_SECONDS + 30)
LOOK_EVERY = 2.0
"""What comes due by the passing of time is found that late at most."""

AFTER_ANSWER = "after-webhook-answer-before-commit"

log = logger(__name__)


class Couriers:
    """`run` is for ever; any number of processes may."""

    def __init__(self, database: Database, clock: Clock, news: News, poster: Poster) -> None:
        self._database, self._clock = database, clock
        self._news, self._poster = news, poster
        self._serving: dict[UUID, asyncio.Task[None]] = {}
        self._leases: dict[UUID, datetime] = {}

    async def run(self) -> None:
        """Until cancelled; survives the loss of the database."""
        try:
            while True:
                news = self._news.next
                try:
                    await self._claim()
                except Exception as error:  # what is due stays due
                    log.warning("webhooks.interrupted", error=type(error).__name__)
                await self._wait(news)
        finally:
            await self._end()

    async def _claim(self) -> None:
        now = self._clock.now()
        async with self._database.transaction() as transaction:
            claimed = await webhooks.claim(transaction.connection, list(self._serving), now, LEASE)
        for webhook in claimed:
            self._leases[webhook.partner_id] = now + LEASE
            self._serving[webhook.partner_id] = asyncio.create_task(self._serve(webhook))

    async def _wait(self, news: asyncio.Event) -> None:
        told = asyncio.create_task(news.wait())
        await asyncio.wait(
            {told, *self._serving.values()},
            timeout=LOOK_EVERY,
            return_when=asyncio.FIRST_COMPLETED,
        )
        told.cancel()
        done = [partner_id for partner_id, task in self._serving.items() if task.done()]
        for partner_id in done:
            del self._serving[partner_id]

    async def _end(self) -> None:
        for task in self._serving.values():
            task.cancel()
        await asyncio.gather(*self._serving.values(), return_exceptions=True)
        with suppress(Exception):  # a lease ends by itself
            for partner_id in list(self._leases):
                await self._free(partner_id)
        await self._poster.close()

    async def _serve(self, webhook: Webhook) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + TURN_SECONDS
        try:
            while loop.time() < ends and await self._send_some(webhook):
                pass
        except Exception as error:  # the lease ends by itself, and what is due stays due
            log.warning("webhook.interrupted", error=type(error).__name__)
            return
        await self._free(webhook.partner_id)

    async def _free(self, partner_id: UUID) -> None:
        until = self._leases.pop(partner_id)
        async with self._database.transaction() as transaction:
            await webhooks.free(transaction.connection, partner_id, until)

    async def _send_some(self, webhook: Webhook) -> bool:
        """Whether to go on: something was due, and the address need not be left alone."""
        async with self._database.reading() as connection:
            health = await webhooks.health_of(connection, webhook.partner_id)
            most = 1 if health.failures else AT_ONCE
            due = await sendings.due(
                connection, webhook.partner_id, webhook.is_ordered, self._clock.now(), most
            )
        if not due:
            return False
        told = await asyncio.gather(*(self._try(webhook, one) for one in due))
        return await self._note(webhook, list(zip(due, told, strict=True)))

    async def _try(self, webhook: Webhook, due: Due) -> Told:
        now = self._clock.now()
        headers = signed(webhook.secrets(now), due.event_id, due.body, now)
        told = await self._poster.post(webhook.url, due.body, headers)
        WEBHOOK_TRIES.labels(webhook.partner.name, "taken" if told.is_taken else "failed").inc()
        crash_points.reach(AFTER_ANSWER)
        return told

    async def _note(self, webhook: Webhook, tried: Sequence[tuple[Due, Told]]) -> bool:
        now = self._clock.now()
        async with self._database.transaction() as transaction:
            connection = transaction.connection
            health = await webhooks.health_of(connection, webhook.partner_id, locked=True)
            was_paused = health.pause is not None
            for due, told in tried:
                attempts, since = due.attempts + 1, due.first_tried_at or now
                fate = fate_after(told, attempts, since, now, webhook.is_ordered)
                await sendings.note(connection, due, fate, told.outcome, now)
            best = best_of([told for _, told in tried])
            # In order there is one: how often it was tried says how long to wait.
            attempts = tried[0][0].attempts + 1
            health = health_after(best, health, now, attempts, webhook.is_ordered)
            await webhooks.note_health(connection, webhook.partner_id, health, now)
        if health.pause is not None and not was_paused:
            _alert(webhook, health)
        return health.pause is None and health.next_try_at is None


def _alert(webhook: Webhook, health: Health) -> None:
    """Somebody must look: nothing more is sent until it is resumed."""
    since = health.failing_since.isoformat() if health.failing_since else None
    log.error("webhook.paused", partner=webhook.partner.name, reason=health.pause, since=since)
