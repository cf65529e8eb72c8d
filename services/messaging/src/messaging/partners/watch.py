"""How far behind each partner is, for whoever watches the figures."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from datetime import datetime

from chassis.broker.connection import LOST, Link, links
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
from messaging.store import partners

EVERY_SECONDS = 5.0
ALARM = 0.8
"""Of a queue's length or of the age its events may reach: beyond it the partner will lose some."""

GAUGES = (PARTNER_WAITING, PARTNER_FULL, PARTNER_READERS, PARTNER_BEHIND_SECONDS)

log = logger(__name__)


class PartnerWatch:
    """Looks at every partner's queue, in turn, for ever."""

    def __init__(self, database: Database, broker_urls: Sequence[str], clock: Clock) -> None:
        self._database = database
        self._urls = broker_urls
        self._clock = clock
        self._shown: set[str] = set()
        self._absent: set[str] = set()
        self._read_all_at: dict[str, datetime] = {}
        self._alarmed: set[str] = set()

    async def run(self) -> None:
        """Until cancelled; a figure that cannot be had keeps its last value."""
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
                standing = [record.partner for record in await partners.standing(connection)]
        except Exception:  # the database's absence is told by /health/ready
            return
        self._forget({partner.name for partner in standing})
        for partner in sorted(standing, key=lambda one: one.name in self._absent):
            self._absent.add(partner.name)
            await self._measure(link, partner)
            self._absent.discard(partner.name)

    async def _measure(self, link: Link, partner: Partner) -> None:
        queue = await link.channel.declare_queue(partner.queue, passive=True)
        found = queue.declaration_result
        waiting, now = found.message_count or 0, self._clock.now()
        if waiting == 0 or partner.name not in self._read_all_at:
            self._read_all_at[partner.name] = now
        behind = (now - self._read_all_at[partner.name]).total_seconds()
        full = waiting / LONGEST_QUEUE
        PARTNER_WAITING.labels(partner.name).set(waiting)
        PARTNER_FULL.labels(partner.name).set(full)
        PARTNER_READERS.labels(partner.name).set(found.consumer_count or 0)
        PARTNER_BEHIND_SECONDS.labels(partner.name).set(behind)
        self._shown.add(partner.name)
        self._alarm(partner.name, max(full, behind / OLDEST.total_seconds()))

    def _alarm(self, name: str, share: float) -> None:
        """Once each time a partner gets near the point where it loses events."""
        if share < ALARM:
            self._alarmed.discard(name)
        elif name not in self._alarmed:
            self._alarmed.add(name)
            log.error("partner.about_to_lose_events", partner=name, share=round(share, 2))

    def _forget(self, standing: set[str]) -> None:
        for name in self._shown - standing:
            for gauge in GAUGES:
                gauge.remove(name)
            self._read_all_at.pop(name, None)
        self._shown &= standing
