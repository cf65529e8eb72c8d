"""The label of a service's data, on a real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from starlette.types import Message, Receive, Scope, Send

from chassis.clock import SteppedClock
from chassis.data_version import HEADER, DataVersion, VersionTold
from chassis.database import Database
from chassis.together import Together
from portail_contracts.catalogue import Context


async def test_a_label_changes_with_every_commit_and_with_the_minute(databases: Any) -> None:
    made = await databases.empty("billing")
    clock = SteppedClock(datetime(2026, 11, 24, 12, 0, 59, tzinfo=UTC))
    database = Database(made.runtime_url, Context.BILLING, clock, 4)
    version = DataVersion(database, clock)
    await _quiet(version)

    # The one that began first ends last: its number alone would not tell.
    async with database.engine.connect() as early, database.engine.connect() as late:
        for connection in (early, late):
            await connection.execute(text("SELECT pg_current_xact_id()"))
        seen = [await version.now()]
        for connection in (late, early):
            await connection.commit()
            seen.append(await version.now())
    assert len(set(seen)) == 3

    # Reading changes nothing; a server of its own may write something about itself meanwhile.
    before = await _quiet(version)
    clock.advance(timedelta(seconds=1))
    assert await version.now() != before
    await database.close()


async def _quiet(version: DataVersion) -> str:
    """A label that was read twice."""
    last = ""
    for _ in range(200):
        label = await version.now()
        if label == last:
            return label
        last = label
    pytest.fail("two readings are never alike")


async def test_whoever_asks_hears_of_a_moment_after_they_asked() -> None:
    """A question on its way is for those who asked before it left; all others share the next."""
    state, answering, asked = 1, asyncio.Event(), 0

    async def ask() -> int:
        nonlocal asked
        asked += 1
        seen = state
        await answering.wait()
        return seen

    together = Together(ask)
    first = [asyncio.create_task(together()) for _ in range(3)]
    while not asked:
        await asyncio.sleep(0)
    state = 2
    second = [asyncio.create_task(together()) for _ in range(3)]
    await asyncio.sleep(0)
    second[0].cancel()
    answering.set()

    assert await asyncio.gather(*first) == [1, 1, 1]
    assert await asyncio.gather(*second[1:]) == [2, 2]
    assert asked == 2


class _Changing(DataVersion):
    """Of data that change with each answer."""

    def __init__(self) -> None:
        self.commits = 0
        self.is_away = False

    async def now(self) -> str:
        if self.is_away:
            raise ConnectionError
        return f"after {self.commits}"


@pytest.mark.parametrize(
    ("asks", "status", "is_away", "label"),
    [
        (True, 200, False, b"after 0"),
        (False, 200, False, None),
        (True, 404, False, None),
        (True, 200, True, None),
    ],
)
async def test_a_good_answer_carries_the_label_of_before_it_was_made(
    asks: bool, status: int, is_away: bool, label: bytes | None
) -> None:
    version = _Changing()
    version.is_away = is_away

    async def door(_scope: Scope, _receive: Receive, send: Send) -> None:
        version.commits += 1
        await send({"type": "http.response.start", "status": status, "headers": []})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    name = HEADER.lower().encode()
    scope = {"type": "http", "headers": [(name, b"?")] if asks else []}
    await VersionTold(door, version)(scope, None, send)
    assert dict(sent[0]["headers"]).get(name) == label
