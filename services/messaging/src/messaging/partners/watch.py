"""How far behind each partner is, for whoever watches the figures and for the console."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from datetime import datetime

from chassis.broker.connection import ANSWER_SECONDS, LOST, Link, is_missing_queue, links
from chassis.broker.partners import LONGEST_QUEUE, OLDEST, Partner
from chassis.clock import Clock
from chassis.database import Database
from chassis.telemetry import (
    PARTNER_BEHIND_SECONDS,
    PARTNER_FULL,
    PARTNER_READERS,
    PARTNER_WAITING,
    logger,
)
from messaging.domain.lag import ALARM, Lag, Looked
from messaging.store import partners

EVERY_SECONDS = 5.0

GAUGES = (PARTNER_WAITING, PARTNER_FULL, PARTNER_READERS, PARTNER_BEHIND_SECONDS)

log = logger(__name__)


class PartnerWatch:
    """Looks at every partner's queue, in turn, for ever."""

    def __init__(self, database: Database, broker_urls: Sequence[str], clock: Clock) -> None:
        self._database = database
        self._urls = broker_urls
        self._clock = clock
        self._lags: dict[str, Lag] = {}
        self._missing: set[str] = set()
        self._looked_at: datetime | None = None
        self._alarmed: set[str] = set()

    @property
    def looked(self) -> Looked:
        """What is known now; a figure that cannot be had keeps its last value."""
        return Looked(self._looked_at, dict(self._lags), frozenset(self._missing))

    async def run(self) -> None:
        """Until cancelled."""
        async with aclosing(links(self._urls, "messaging.partners")) as found:
            async for link in found:
                with suppress(*LOST):
                    while not link.lost.is_set():
                        await self.look(link)
                        await asyncio.sleep(EVERY_SECONDS)
                await asyncio.sleep(EVERY_SECONDS)

    async def look(self, link: Link) -> None:
        """Once at each. A queue that is missing costs the channel: such partners come last."""
        try:
            async with self._database.reading() as connection:
                known = await partners.standing(connection)
        except Exception:  # the database's absence is told by /health/ready
            return
        standing = [record.partner for record in known if record.password_hash is not None]
        self._forget({partner.name for partner in standing})
        for partner in sorted(standing, key=lambda one: one.name in self._missing):
            await self._measure(link, partner)
        self._looked_at = self._clock.now()

    async def _measure(self, link: Link, partner: Partner) -> None:
        try:
            queue = await link.channel.declare_queue(
                partner.queue, passive=True, timeout=ANSWER_SECONDS
            )
        except LOST as error:
            if is_missing_queue(error):
                self._missing.add(partner.name)
                self._looked_at = self._clock.now()
            raise
        self._missing.discard(partner.name)
        found = queue.declaration_result
        lag = self._lag(partner.name, found.message_count or 0, found.consumer_count or 0)
        self._lags[partner.name] = lag
        _show(partner.name, lag)
        self._alarm(partner.name, lag.share)

    def _lag(self, name: str, waiting: int, readers: int) -> Lag:
        now, before = self._clock.now(), self._lags.get(name)
        since = ((before and before.behind_since) or now) if waiting else None
        behind = (now - since) / OLDEST if since else 0
        return Lag(waiting, readers, since, max(waiting / LONGEST_QUEUE, behind), now)

    def _alarm(self, name: str, share: float) -> None:
        """Once each time a partner gets near the point where it loses events."""
        if share < ALARM:
            self._alarmed.discard(name)
        elif name not in self._alarmed:
            self._alarmed.add(name)
            log.error("partner.about_to_lose_events", partner=name, share=round(share, 2))

    def _forget(self, standing: set[str]) -> None:
        for name in self._lags.keys() - standing:
            for gauge in GAUGES:
                gauge.remove(name)
            del self._lags[name]
        self._missing &= standing


def _show(name: str, lag: Lag) -> None:
    behind = (lag.seen_at - lag.behind_since).total_seconds() if lag.behind_since else 0
    PARTNER_WAITING.labels(name).set(lag.waiting)
    PARTNER_FULL.labels(name).set(lag.waiting / LONGEST_QUEUE)
    PARTNER_READERS.labels(name).set(lag.readers)
    PARTNER_BEHIND_SECONDS.labels(name).set(behind)
