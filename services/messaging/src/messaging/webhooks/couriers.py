"""Sends what is due: a task for each address, so that one that is dead or slow delays no other.

An address is served by one process at a time, for a lease. Whoever dies between an address's answer
and our commit leaves the event waiting: it goes out again after the lease, with the same id.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from chassis import crash_points
from chassis.clock import Clock
from chassis.database import Database
from chassis.telemetry import WEBHOOK_TRIES, logger
from messaging.domain.webhooks import Fate, Health, Told, best_of, fate_after, health_after
from messaging.news import News
from messaging.store import sendings, webhooks
from messaging.store.sendings import Due
from messaging.store.webhooks import Webhook

from .posting import WITHIN_SECONDS, Poster, signed

AT_ONCE = 8
"""Events on their way to one address that does not ask for order."""

BATCH = 100
NOTED_AFTER_SECONDS = 1.0
"""What was taken is noted together, and not later: a process that dies sends no more again."""

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
            while loop.time() < ends and await self._send_some(webhook, ends):
                pass
        except Exception as error:  # the lease ends by itself, and what is due stays due
            log.warning("webhook.interrupted", error=type(error).__name__)
            return
        await self._free(webhook.partner_id)

    async def _free(self, partner_id: UUID) -> None:
        until = self._leases.pop(partner_id)
        async with self._database.transaction() as transaction:
            await webhooks.free(transaction.connection, partner_id, until)

    async def _send_some(self, webhook: Webhook, ends: float) -> bool:
        """Whether to go on: something was due, and the address need not be left alone."""
        async with self._database.reading() as connection:
            health = await webhooks.health_of(connection, webhook.partner_id)
            most = 1 if health.failures else BATCH
            due = await sendings.due(
                connection, webhook.partner_id, webhook.is_ordered, self._clock.now(), most
            )
        if not due:
            return False
        batch = Batch(due, min(ends, asyncio.get_running_loop().time() + NOTED_AFTER_SECONDS))
        couriers = 1 if webhook.is_ordered else AT_ONCE
        await asyncio.gather(*(self._carry(webhook, batch) for _ in range(couriers)))
        return await self._note(webhook, batch.tried)

    async def _carry(self, webhook: Webhook, batch: "Batch") -> None:
        while (due := batch.next()) is not None:
            batch.tried.append((due, await self._try(webhook, due)))

    async def _try(self, webhook: Webhook, due: Due) -> Told:
        now = self._clock.now()
        headers = signed(webhook.secrets(now), due.event_id, due.body, now)
        told = await self._poster.post(webhook.url, due.body, headers)
        WEBHOOK_TRIES.labels(webhook.partner.name, "taken" if told.is_taken else "failed").inc()
        crash_points.reach(AFTER_ANSWER)
        return told

    async def _note(self, webhook: Webhook, tried: Sequence[tuple[Due, Told]]) -> bool:
        now, ordered = self._clock.now(), webhook.is_ordered
        outcomes = [(due, _fate(due, told, now, ordered), told.outcome) for due, told in tried]
        async with self._database.transaction() as transaction:
            connection = transaction.connection
            before = await webhooks.health_of(connection, webhook.partner_id, locked=True)
            await sendings.note(connection, outcomes, now)
            # In order the last is the one that failed, if any: its tries say how long to wait.
            attempts = tried[-1][0].attempts + 1
            best = tried[-1][1] if ordered else best_of([told for _, told in tried])
            health = health_after(best, before, now, attempts, ordered)
            await webhooks.note_health(connection, webhook.partner_id, health, now)
        if health.pause is not None and before.pause is None:
            _alert(webhook, health)
        return health.pause is None and health.next_try_at is None


@dataclass
class Batch:
    """Events on their way to one address; after a failure, or some time, no other is begun."""

    due: Sequence[Due]
    ends: float
    tried: list[tuple[Due, Told]] = field(default_factory=list)
    _begun: int = 0

    def next(self) -> Due | None:
        is_late = self._begun > 0 and asyncio.get_running_loop().time() >= self.ends
        failed = any(not told.is_taken for _, told in self.tried)
        if is_late or failed or self._begun == len(self.due):
            return None
        self._begun += 1
        return self.due[self._begun - 1]


def _fate(due: Due, told: Told, now: datetime, ordered: bool) -> Fate:
    return fate_after(told, due.attempts + 1, due.first_tried_at or now, now, ordered)


def _alert(webhook: Webhook, health: Health) -> None:
    """Somebody must look: nothing more is sent until it is resumed."""
    since = health.failing_since.isoformat() if health.failing_since else None
    log.error("webhook.paused", partner=webhook.partner.name, reason=health.pause, since=since)
