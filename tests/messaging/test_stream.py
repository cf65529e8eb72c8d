"""Server-sent events from the real application behind uvicorn, on a real database."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import asyncpg
import pytest
from sqlalchemy import insert

from chassis.identifiers import new_id
from messaging import live
from messaging.api import stream as door
from messaging.domain.threads import Reader
from messaging.store.live import add_live_event
from messaging.store.tables import live_events

from .examples import NOON, Request

PATIENCE = 60.0
"""Seconds; no promise, only what tells a test that hangs from a machine that is busy."""


@dataclass
class Page:
    """An open page: what it was sent, as a browser's EventSource reads it."""

    response: aiohttp.ClientResponse
    last_id: str = ""

    async def event(self) -> dict[str, Any]:
        """The next event that a script would see."""
        async with asyncio.timeout(PATIENCE):
            while True:
                block = await self._block()
                self.last_id = block.get("id", self.last_id)
                if "data" in block:
                    return block

    async def placed(self) -> None:
        """Until the page knows the number to resume from."""
        async with asyncio.timeout(PATIENCE):
            self.last_id = (await self._block())["id"]

    async def ended(self) -> None:
        """As its server meant it to: one that is cut off raises."""
        async with asyncio.timeout(PATIENCE):
            while await self.response.content.readline():
                pass

    async def commented(self, times: int) -> None:
        """Until the server has said so often that it is still there, and nothing else."""
        async with asyncio.timeout(PATIENCE):
            for _ in range(times):
                while not (line := await self.response.content.readline()).startswith(b":"):
                    assert line == b"\n"

    async def _block(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        while line := (await self.response.content.readline()).decode():
            if line == "\n":
                if fields:
                    return fields
                continue
            name, _, value = line.rstrip("\n").partition(": ")
            if not line.startswith(":"):
                fields[name] = value
        raise ConnectionError("the stream has ended")


@pytest.fixture
async def http():
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        yield session


@pytest.fixture
def open_page(messaging, http):
    @asynccontextmanager
    async def opened(address, family_id, last_id=None):
        headers = messaging.as_family(family_id)
        if last_id is not None:
            headers["Last-Event-ID"] = last_id
        async with http.get(f"{address}/v1/me/stream", headers=headers) as response:
            assert response.status == 200
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
            page = Page(response)
            await page.placed()
            yield page

    return opened


async def test_a_decision_is_on_the_familys_open_pages_and_on_no_other(messaging, open_page):
    family_id, other = new_id(), new_id()
    request = Request(family_id)
    async with (
        messaging.served() as (address, _),
        open_page(address, family_id) as page,
        open_page(address, family_id) as second,
        open_page(address, other) as stranger,
    ):
        await messaging.handle(request.decided())
        first = await page.event()
        assert first["event"] == "request"
        assert f'"request_id":"{request.id}"' in first["data"]
        assert (await page.event())["data"] == '{"unread":1}'
        assert (await second.event())["id"] == first["id"]
        own = Request(other)
        await messaging.handle(own.submitted())
        assert str(own.id) in (await stranger.event())["data"], "it heard of another family"


async def test_a_page_resumes_after_the_last_event_it_saw_and_loses_nothing(messaging, open_page):
    family_id = new_id()
    requests = [Request(family_id) for _ in range(4)]
    async with messaging.served() as (address, _):
        async with open_page(address, family_id) as page:
            await messaging.handle(requests[0].submitted())
            await page.event()
        await messaging.handle(*(request.submitted() for request in requests[1:3]))
        async with open_page(address, family_id, page.last_id) as page:
            await messaging.handle(requests[3].submitted())
            seen = [(await page.event())["data"] for _ in range(3)]
            for request, data in zip(requests[1:], seen, strict=True):
                assert str(request.id) in data


async def test_a_page_that_saw_no_event_resumes_from_where_it_was_opened(messaging, open_page):
    family_id = new_id()
    async with messaging.served() as (address, _):
        await messaging.handle(Request(family_id).submitted())
        messaging.runtime.clock.advance(timedelta(minutes=5))
        async with open_page(address, family_id) as page:
            assert page.last_id != "0"
        missed = Request(family_id)
        await messaging.handle(missed.submitted())
        async with open_page(address, family_id, page.last_id) as page:
            assert str(missed.id) in (await page.event())["data"]


async def test_a_new_page_hears_what_happened_while_it_was_loading(messaging, open_page):
    family_id = new_id()
    old, recent = Request(family_id), Request(family_id)
    async with messaging.served() as (address, _):
        await messaging.handle(old.submitted())
        messaging.runtime.clock.advance(timedelta(minutes=1))
        await messaging.handle(recent.submitted())
        messaging.runtime.clock.advance(timedelta(seconds=5))
        async with open_page(address, family_id) as page:
            assert str(recent.id) in (await page.event())["data"]


@pytest.mark.parametrize("claimed", ["999999999", "-1", "abc", "1" * 40, "٣", ""])
async def test_a_number_that_was_never_given_is_a_new_beginning(messaging, open_page, claimed):
    family_id = new_id()
    async with (
        messaging.served() as (address, _),
        open_page(address, family_id, claimed.encode().decode("latin-1")) as page,
    ):
        request = Request(family_id)
        await messaging.handle(request.submitted())
        assert str(request.id) in (await page.event())["data"]


async def test_events_that_commit_out_of_turn_are_all_delivered_in_order(messaging, open_page):
    """A transaction that began first and commits last must not be skipped."""
    family_id = new_id()
    database = messaging.runtime.database

    async def write(number, hold):
        async with database.transaction() as transaction:
            data = {"number": number}
            await add_live_event(transaction.connection, family_id, "counts", data, NOON)
            await asyncio.sleep(hold)

    async with messaging.served() as (address, _), open_page(address, family_id) as page:
        await asyncio.gather(*(write(n, 0.05 if n % 3 == 0 else 0) for n in range(30)))
        events = [await page.event() for _ in range(30)]
        assert sorted(e["data"] for e in events) == sorted(f'{{"number":{n}}}' for n in range(30))
        numbers = [int(event["id"]) for event in events]
        assert numbers == sorted(set(numbers))


async def test_a_quiet_stream_is_kept_open_by_comments(messaging, open_page, monkeypatch):
    monkeypatch.setattr(door, "COMMENT_SECONDS", 0.05)
    family_id = new_id()
    async with messaging.served() as (address, _), open_page(address, family_id) as page:
        await page.commented(3)
        await messaging.handle(Request(family_id).submitted())
        assert (await page.event())["event"] == "request"


async def test_open_streams_do_not_hold_up_the_servers_stop(messaging, open_page):
    families = [new_id() for _ in range(10)]
    async with messaging.served() as (address, server), asyncio.TaskGroup() as group:
        ready = asyncio.Barrier(11)

        async def watch(family_id):
            async with open_page(address, family_id) as page:
                await ready.wait()
                await page.ended()

        for family_id in families:
            group.create_task(watch(family_id))
        await ready.wait()
        messaging.stop(server)
    assert messaging.runtime.own.live.open_streams == 0


async def test_a_stream_ends_with_the_life_of_a_token(messaging, http, monkeypatch):
    monkeypatch.setattr(door, "LIFETIME", timedelta(seconds=0.2))
    headers = messaging.as_family(new_id())
    # It may end before it was given its place: nothing is awaited but its end.
    async with (
        messaging.served() as (address, _),
        http.get(f"{address}/v1/me/stream", headers=headers) as response,
    ):
        await Page(response).ended()


async def no_stream_is_open(messaging) -> None:
    async with asyncio.timeout(PATIENCE):
        while messaging.runtime.own.live.open_streams:
            await asyncio.sleep(0.02)


async def cut_the_ear(admin_url: str, database: str) -> None:
    """End the listening connection, as soon as there is one.

    The ear alone: whoever handles an event on a connection cut with it would try again.
    """
    admin = await asyncpg.connect(admin_url)
    try:
        async with asyncio.timeout(PATIENCE):
            while not await admin.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = $1 AND application_name = $2",
                database,
                live.EAR,
            ):
                await asyncio.sleep(0.02)
    finally:
        await admin.close()


async def test_streams_hear_again_after_the_database_cut_their_ear(
    messaging, open_page, postgres_admin_url, monkeypatch
):
    monkeypatch.setattr(live, "RETRY_SECONDS", 0.2)
    family_id = new_id()
    name = messaging.runtime.database.engine.url.database
    async with messaging.served() as (address, _), open_page(address, family_id) as page:
        await cut_the_ear(postgres_admin_url, name)
        request = Request(family_id)
        await messaging.handle(request.submitted())
        assert str(request.id) in (await page.event())["data"]


async def test_a_closed_page_leaves_nothing_behind(messaging, open_page):
    async with messaging.served() as (address, _):
        async with open_page(address, new_id()) as page:
            assert messaging.runtime.own.live.open_streams == 1
            page.response.close()
        await no_stream_is_open(messaging)


async def test_one_family_cannot_open_streams_without_end(messaging, http, open_page, monkeypatch):
    monkeypatch.setattr(live, "STREAMS_PER_FAMILY", 2)
    family_id = new_id()
    async with (
        messaging.served() as (address, _),
        open_page(address, family_id),
        open_page(address, family_id),
    ):
        headers = messaging.as_family(family_id)
        async with http.get(f"{address}/v1/me/stream", headers=headers) as refused:
            assert refused.status == 429


def test_a_reader_that_falls_behind_is_let_go_and_one_that_keeps_up_is_not():
    family_id = new_id()
    stream = live.Stream(Reader(family_id), None)
    stream.place(0)
    for number in range(1, live.WAITING_AT_MOST):
        stream.offer(live.LiveEvent(number, family_id, "counts", {}))
    assert not stream.ended
    stream.offer(live.LiveEvent(live.WAITING_AT_MOST, family_id, "counts", {}))
    assert stream.ended


async def test_a_reader_that_takes_nothing_is_dropped_and_misses_nothing_when_it_resumes(
    messaging, open_page, monkeypatch
):
    monkeypatch.setattr(door, "SEND_SECONDS", 0.5)
    family_id = new_id()
    big = "x" * 40_000

    async def write(first, last):
        async with messaging.runtime.database.transaction() as transaction:
            for number in range(first, last):
                data = {"number": number, "big": big}
                await add_live_event(transaction.connection, family_id, "counts", data, NOON)

    async with messaging.served() as (address, _):
        async with open_page(address, family_id) as page:
            for first in range(0, 600, 50):
                await write(first, first + 50)
            await no_stream_is_open(messaging)
        monkeypatch.setattr(door, "SEND_SECONDS", PATIENCE)
        seen, last_id = [], page.last_id
        while len(seen) < 600:
            async with open_page(address, family_id, last_id) as page:
                try:
                    while len(seen) < 600:
                        seen.append(json.loads((await page.event())["data"])["number"])
                except ConnectionError:
                    pass
                last_id = page.last_id
        assert seen == list(range(600))


async def test_old_events_are_forgotten_after_a_day(messaging):
    await messaging.handle(Request(new_id()).submitted())
    messaging.runtime.clock.advance(timedelta(hours=25))
    await messaging.handle(Request(new_id()).submitted())
    async with messaging.served(), asyncio.timeout(PATIENCE):
        while len(await messaging.rows("SELECT 1 FROM live_events")) > 1:
            await asyncio.sleep(0.02)
    assert len(await messaging.rows("SELECT 1 FROM live_events")) == 1


@pytest.mark.slow
async def test_two_thousand_pages_are_held_by_one_process(messaging, open_page):
    families = [new_id() for _ in range(2000)]
    told = Request(families[0])
    async with messaging.served() as (address, _), asyncio.TaskGroup() as group:
        opened, all_told = asyncio.Barrier(2001), asyncio.Barrier(2001)

        async def watch(family_id):
            async with open_page(address, family_id) as page:
                await opened.wait()
                if family_id == told.family_id:
                    assert str(told.id) in (await page.event())["data"]
                assert '"unread":7' in (await page.event())["data"]
                await all_told.wait()

        for family_id in families:
            group.create_task(watch(family_id))
        await opened.wait()
        assert messaging.runtime.own.live.open_streams == 2000
        used = await messaging.rows(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        )
        assert len(used) <= messaging.runtime.settings.database_pool_size + 1, "and the ear"
        await messaging.handle(told.submitted())
        async with messaging.runtime.database.transaction() as transaction:
            counts = {"kind": "counts", "data": {"unread": 7}, "at": NOON}
            await transaction.connection.execute(
                insert(live_events).inline(), [{"family_id": one, **counts} for one in families]
            )
        await all_told.wait()
