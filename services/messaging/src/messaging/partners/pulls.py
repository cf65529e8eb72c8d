"""Partners who come for their events: let in by key, at a measured pace, kept waiting if they like.

Whoever waits holds no connection to the database; word of what was kept wakes it.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from chassis.clock import Clock
from chassis.database import Database
from chassis.telemetry import PARTNER_PULLS
from messaging.domain.cursors import Cursor
from messaging.domain.pace import Pace
from messaging.news import News
from messaging.store import partner_keys
from messaging.store.partner_keys import Caller
from messaging.use_cases.pull_events import Page, newest, pull_events

AT_ONCE = 60
EACH_SECOND = 2.0
WAITING_AT_MOST = 5
"""Questions of one partner that may wait at a time."""


class UnknownKey(Exception):
    """No partner is known by it, or not any more."""


class TooFast(Exception):
    """The partner asks too often, or has too many questions waiting."""

    def __init__(self, text: str, seconds: int) -> None:
        super().__init__(text)
        self.extra: dict[str, Any] = {"retry_after": seconds}


@dataclass(frozen=True)
class Asked:
    """What a partner asks for; `wait` is how many seconds it would wait for news."""

    after: Cursor | None
    is_latest: bool
    most: int
    wait: float


class Pulls:
    """Everybody who asks this process."""

    def __init__(
        self, database: Database, clock: Clock, stopping: asyncio.Event, news: News
    ) -> None:
        self._database, self._clock = database, clock
        self._stopping, self._news = stopping, news
        self._paces: dict[UUID, Pace] = {}
        self._waiting: Counter[UUID] = Counter()

    @property
    def waiting(self) -> int:
        return self._waiting.total()

    async def answer(self, key: str, asked: Asked, left: "asyncio.Task[None]") -> Page:
        """At the end of `left` nobody listens any more.

        Raises UnknownKey, TooFast and CursorExpired.
        """
        digest = digest_of(key)
        caller = await self._caller(digest)
        self._admit(caller.partner_id)
        if asked.is_latest:
            async with self._database.reading() as connection:
                return Page((), await newest(connection))
        with self._counted(caller.partner_id, asked.wait > 0):
            page = await self._page(digest, asked, left)
        PARTNER_PULLS.labels("events" if page.bodies else "nothing").inc()
        return page

    async def _page(self, digest: bytes, asked: Asked, left: "asyncio.Task[None]") -> Page:
        loop = asyncio.get_running_loop()
        until, noted = loop.time() + asked.wait, False
        while True:
            news = self._news.next
            # Each time: a key may have been taken back while its partner waited.
            caller = await self._caller(digest)
            async with self._database.reading() as connection:
                page = await pull_events(connection, caller.partner, asked.after, asked.most)
            if asked.after is not None and not noted:
                await self._note(caller, asked.after)
                noted = True
            left_to_wait = until - loop.time()
            is_over = left_to_wait <= 0 or left.done() or self._stopping.is_set()
            if page.bodies or page.more or is_over:
                return page
            asked = replace(asked, after=page.cursor)
            await self._wait(news, left, left_to_wait)

    async def _wait(self, news: asyncio.Event, left: "asyncio.Task[None]", seconds: float) -> None:
        told = [asyncio.create_task(event.wait()) for event in (news, self._stopping)]
        try:
            await asyncio.wait([*told, left], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in told:
                task.cancel()

    async def _caller(self, digest: bytes) -> Caller:
        async with self._database.reading() as connection:
            caller = await partner_keys.caller_with(connection, digest, self._clock.now())
        if caller is None:
            raise UnknownKey("Cette clé n’est pas connue, ou ne l’est plus.")
        return caller

    async def _note(self, caller: Caller, cursor: Cursor) -> None:
        now = self._clock.now()
        async with self._database.transaction() as transaction:
            connection = transaction.connection
            await partner_keys.note_pull(connection, caller.partner_id, cursor.number, now)

    def _admit(self, partner_id: UUID) -> None:
        now = self._clock.now()
        fresh = Pace(AT_ONCE, EACH_SECOND, AT_ONCE, now)
        if seconds := self._paces.setdefault(partner_id, fresh).wait(now):
            raise TooFast(
                "Vous demandez trop souvent. Avec « wait=25 », la réponse attend qu’il se passe "
                "quelque chose.",
                seconds,
            )

    @contextmanager
    def _counted(self, partner_id: UUID, waits: bool) -> Iterator[None]:
        if waits and self._waiting[partner_id] >= WAITING_AT_MOST:
            raise TooFast("Trop de demandes de vous attendent déjà.", 5)
        self._waiting[partner_id] += waits
        try:
            yield
        finally:
            self._waiting[partner_id] -= waits


def digest_of(key: str) -> bytes:
    """All that is kept of a key."""
    return hashlib.sha256(key.encode()).digest()
