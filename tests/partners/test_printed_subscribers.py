"""The subscribers printed in the guide, run as they stand against a real broker that cuts them."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chassis.broker.partners import Partner
from partners.conftest import Town, as_bytes, booking
from portail_contracts.enrolment import BookingCancelled, BookingConfirmed
from portail_contracts.envelope import Envelope
from support.printed import lay_out
from support.waiting import eventually


@dataclass
class Wire:
    """What lies between a subscriber and the broker; it can be cut."""

    port: int
    broker_port: int
    accepted: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.broker_port)
        self._open |= {writer, far_writer}
        async with asyncio.TaskGroup() as both:
            both.create_task(_pump(reader, far_writer))
            both.create_task(_pump(far_reader, writer))
        self._open -= {writer, far_writer}

    def cut(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.transport.abort()


@asynccontextmanager
async def wired(broker_port: int) -> AsyncIterator[Wire]:
    wire = Wire(0, broker_port)
    async with await asyncio.start_server(wire.join, "127.0.0.1", 0) as server:
        wire.port = server.sockets[0].getsockname()[1]
        yield wire
        wire.cut()


def cancelled(confirmed: BookingConfirmed, version: int) -> BookingCancelled:
    kept = confirmed.model_dump(exclude={"version", "rate_code", "confirmed_at"})
    return BookingCancelled(
        **kept, version=version, in_notice=True, cancelled_at=confirmed.confirmed_at
    )


def from_the_future() -> bytes:
    """Of a type that no release knows yet."""
    envelope = Envelope.from_bytes(as_bytes(booking()))
    return envelope.model_copy(update={"type": "enrolment.booking.swapped.v1"}).to_bytes()


@dataclass
class Subscriber:
    """One printed program, the folder it runs in, and what it keeps there."""

    program: Path
    environment: dict[str, str]
    running: asyncio.subprocess.Process | None = None

    @property
    def base(self) -> Path:
        return self.program.with_suffix(".sqlite3")

    async def start(self) -> None:
        self.running = await asyncio.create_subprocess_exec(
            sys.executable,
            self.program.name,
            cwd=self.program.parent,
            env={**os.environ, **self.environment},
            stderr=subprocess.DEVNULL,
        )

    async def kill(self) -> None:
        if self.running is not None and self.running.returncode is None:
            self.running.kill()
            await self.running.wait()

    async def bookings(self) -> dict[str, str]:
        return dict(self._rows("SELECT id, state FROM bookings"))

    def seen(self) -> int:
        return int(self._rows("SELECT count(*) FROM seen")[0][0])

    def _rows(self, query: str) -> list[tuple[str, ...]]:
        try:
            with closing(sqlite3.connect(f"file:{self.base}?mode=ro", uri=True)) as base:
                return base.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["abonne.py", "abonne_pika.py"])
async def test_a_printed_subscriber_does_everything_once_and_comes_back(
    town: Town, tmp_path: Path, name: str
) -> None:
    lay_out(tmp_path, "ecrire-un-abonne.md")
    partner = town.let_in("cantine", "#")
    address = town.url_of(partner)
    async with wired(urlsplit(address).port or 0) as wire:
        through = address.replace(f":{wire.broker_port}/", f":{wire.port}/")
        given = {"PORTAIL_ADDRESS": through, "PORTAIL_QUEUE": partner.queue}
        subscriber = Subscriber(tmp_path / name, given)
        try:
            await _live(town, partner, wire, subscriber)
        finally:
            await subscriber.kill()


async def _live(town: Town, partner: Partner, wire: Wire, subscriber: Subscriber) -> None:
    taken, given_back, late, last = (booking() for _ in range(4))
    wanted: dict[str, str] = {}

    async def comes(event: BookingConfirmed, state: str) -> None:
        wanted[str(event.booking_id)] = state
        await eventually(subscriber.bookings, lambda found: found == wanted, within=120)

    # Newer before older, everything twice, and one that this release does not know.
    bodies = [as_bytes(cancelled(given_back, version=given_back.version + 1)), as_bytes(given_back)]
    bodies += [as_bytes(taken), from_the_future()]
    await town.publish(*bodies, *bodies)
    await subscriber.start()
    wanted[str(given_back.booking_id)] = "cancelled"
    await comes(taken, "confirmed")

    wire.cut()
    await town.publish(as_bytes(late))
    await comes(late, "confirmed")
    assert wire.accepted == 2, "it came back by itself"

    # Killed with an event in hand: what was not acknowledged is there for the next one.
    with closing(sqlite3.connect(subscriber.base)) as base:
        base.execute("BEGIN IMMEDIATE")
        await town.publish(as_bytes(last))
        await eventually(lambda: town.depth(partner), lambda depth: depth == 0, within=60)
        await subscriber.kill()
        await eventually(lambda: town.depth(partner), lambda depth: depth == 1, within=60)
    await subscriber.start()
    await comes(last, "confirmed")
    await town.publish(as_bytes(after := booking()))
    await comes(after, "confirmed")
    assert subscriber.seen() == 7, "each id once"
    await subscriber.kill()
    left, _ = await eventually(_left(town, partner), lambda found: found[1] == 0, within=60)
    assert left <= 1, "only the last may have been kept without having been acknowledged"


def _left(town: Town, partner: Partner) -> Callable[[], Awaitable[tuple[int, int]]]:
    """What waits, and who reads."""

    async def found() -> tuple[int, int]:
        return await town.broker.waiting(partner) or (-1, -1)

    return found
