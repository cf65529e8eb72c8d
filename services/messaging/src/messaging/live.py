"""Open pages are told what happens: one LISTEN connection per process, one hub, many streams.

A notification says only whose family has news; the hub then reads the rows after each family's
last number, for all families at once, and hands them to the streams. So the API may run apart
from the consumer that wrote them, thousands of streams cost one connection, and a page that
comes back with the number of its last event misses nothing.
"""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import Clock
from chassis.database import Database
from chassis.telemetry import logger
from messaging.domain.threads import Reader
from messaging.news import News
from messaging.store.live import LiveEvent, events_after, newest_number, numbers_before, prune

WAITING_AT_MOST = 256
"""Events that may wait for a slow reader; then its stream ends and the page resumes."""

STREAMS_PER_FAMILY = 20
FAMILIES_PER_QUERY = 500
RECENT = timedelta(seconds=30)
"""A new page starts that far back: something may have happened between its making and its
stream. Events say how things stand, so hearing one twice does no harm."""

HEARTBEAT_SECONDS = 5.0
EAR = "messaging-live"
"""How the database's list of connections calls the one that listens."""

RETRY_SECONDS = 1.0
PRUNE_EVERY_SECONDS = 600.0

log = logger(__name__)


class TooManyStreams(Exception):
    """The family has so many pages open that one more is refused."""


class Stream:
    """One open page; `after` is the number of the last event that it was handed."""

    def __init__(self, reader: Reader, after: int | None) -> None:
        self.family_id = reader.family_id
        self._guardian_id = reader.guardian_id
        self.claimed = after
        self.after: int | None = None
        self.ended = False
        self._waiting: deque[bytes] = deque()
        self._news = asyncio.Event()

    def place(self, after: int) -> None:
        """From here on; the page learns the number at once, so that it can resume from it."""
        self.after = after
        self._put(f"retry: 500\nid: {after}\n\n".encode())

    def offer(self, event: LiveEvent) -> None:
        """Hand over an event that the page has not had yet; a page too far behind is let go."""
        if self.ended or self.after is None or event.id <= self.after:
            return
        if len(self._waiting) >= WAITING_AT_MOST:
            self.end()
            return
        self.after = event.id
        if event.is_for(self._guardian_id):
            self._put(event.frame)

    def end(self) -> None:
        self.ended = True
        self._news.set()

    async def frames(self) -> bytes:
        """What is there to send, after waiting for it; empty when the stream has ended."""
        await self._news.wait()
        self._news.clear()
        if self.ended:
            return b""
        frames = b"".join(self._waiting)
        self._waiting.clear()
        return frames

    def _put(self, frame: bytes) -> None:
        self._waiting.append(frame)
        self._news.set()


class LiveHub:
    """All open streams of this process."""

    def __init__(
        self, database: Database, clock: Clock, stopping: asyncio.Event, kept_events: News
    ) -> None:
        """`kept_events` is told of what partners are given: one ear hears for both."""
        self._kept_events = kept_events
        self._database = database
        self._clock = clock
        self._stopping = stopping
        self._streams: defaultdict[UUID, set[Stream]] = defaultdict(set)
        self._dirty: set[UUID] = set()
        self._woken = asyncio.Event()
        self.welcomed: set[UUID] = set()
        """Own accesses that this process has noted already."""

    @property
    def open_streams(self) -> int:
        return sum(map(len, self._streams.values()))

    def open(self, reader: Reader, after: int | None) -> Stream:
        """A stream that resumes after a number, or begins now. Raises TooManyStreams."""
        family_id = reader.family_id
        if len(self._streams.get(family_id, ())) >= STREAMS_PER_FAMILY:
            raise TooManyStreams("Trop de pages du portail sont ouvertes en même temps.")
        stream = Stream(reader, after)
        if self._stopping.is_set():
            stream.end()
            return stream
        self._streams[family_id].add(stream)
        self._wake([family_id])
        return stream

    def close(self, stream: Stream) -> None:
        streams = self._streams.get(stream.family_id, set())
        streams.discard(stream)
        if not streams:
            self._streams.pop(stream.family_id, None)

    async def run(self) -> None:
        """Until cancelled; survives the loss of the database."""
        await asyncio.gather(
            self._listen(), self._pump(), self._prune(), self._end_with_the_server()
        )

    def _wake(self, families: Iterable[UUID]) -> None:
        self._dirty.update(families)
        self._woken.set()

    def _heard(self, _connection: object, _pid: int, _channel: str, family_id: Any) -> None:
        if (known := UUID(family_id)) in self._streams:
            self._wake([known])

    async def _listen(self) -> None:
        """On a connection of our own; whatever was missed meanwhile is read when it is back."""
        url = self._database.engine.url.set(drivername="postgresql")
        dsn = url.render_as_string(hide_password=False)
        while True:
            try:
                await self._hear(dsn)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("live.deaf", error=type(error).__name__, retry_in_s=RETRY_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)
                self._wake(self._streams)

    async def _hear(self, dsn: str) -> None:
        """Until the connection ends; raises what ended it when only the heartbeat could tell."""
        ended = asyncio.Event()
        connection = await asyncpg.connect(
            dsn, timeout=HEARTBEAT_SECONDS, server_settings={"application_name": EAR}
        )
        try:
            connection.add_termination_listener(lambda _: ended.set())
            await connection.add_listener("live", self._heard)
            await connection.add_listener("kept_events", self._kept_events.tell)
            self._wake(self._streams)
            self._kept_events.tell()
            while not ended.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), HEARTBEAT_SECONDS)
                    break
                await connection.execute("SELECT 1", timeout=HEARTBEAT_SECONDS)
        finally:
            await connection.close(timeout=2)

    async def _pump(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            families = list(self._dirty)[:FAMILIES_PER_QUERY]
            self._dirty.difference_update(families)
            try:
                await self._deliver(families)
            except Exception as error:  # the rows stay in their table until they can be read
                log.warning("live.interrupted", error=type(error).__name__)
                self._wake(families)
                await asyncio.sleep(RETRY_SECONDS)
            if self._dirty:
                self._woken.set()

    async def _deliver(self, families: Iterable[UUID]) -> None:
        streams = [stream for family in families for stream in self._streams.get(family, ())]
        if not streams:
            return
        async with self._database.reading() as connection:
            await self._place(connection, [stream for stream in streams if stream.after is None])
            events = await events_after(connection, _lowest(streams), WAITING_AT_MOST)
        for event in events:
            for stream in self._streams.get(event.family_id, ()):
                stream.offer(event)
        counts = Counter(event.family_id for event in events)
        # A family with that many may have more.
        if cut := [family for family, count in counts.items() if count == WAITING_AT_MOST]:
            self._wake(cut)

    async def _place(self, connection: AsyncConnection, new: Sequence[Stream]) -> None:
        if not new:
            return
        families = list({stream.family_id for stream in new})
        recent = await numbers_before(connection, families, self._clock.now() - RECENT)
        newest = await newest_number(connection)
        for stream in new:
            # A page that claims a number we never gave remembers another database.
            if stream.claimed is None or stream.claimed > newest:
                stream.place(recent[stream.family_id])
            else:
                stream.place(stream.claimed)

    async def _prune(self) -> None:
        while True:
            try:
                async with self._database.transaction() as transaction:
                    await prune(transaction.connection, self._clock.now())
            except Exception as error:  # the next round will do
                log.warning("live.not_pruned", error=type(error).__name__)
            await asyncio.sleep(PRUNE_EVERY_SECONDS)

    async def _end_with_the_server(self) -> None:
        """An open stream would hold up the server's shutdown: end them all as soon as it begins."""
        await self._stopping.wait()
        for streams in self._streams.values():
            for stream in streams:
                stream.end()


def _lowest(streams: Iterable[Stream]) -> dict[UUID, int]:
    """For each family the number from which its streams need events."""
    lowest: dict[UUID, int] = {}
    for stream in streams:
        had = stream.after or 0
        lowest[stream.family_id] = min(had, lowest.get(stream.family_id, had))
    return lowest
