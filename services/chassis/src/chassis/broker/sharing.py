"""Who reads which partition: the processes of a service find each other in its database.

Each holds an advisory lock of its own for as long as it lives; its place among those that are held
says which partitions fall to it. While two do not agree yet, the broker's single active consumer
keeps them from reading one partition at once.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from typing import Any

import asyncpg

from chassis.database import Database
from chassis.ending import end_all
from chassis.telemetry import logger

LOCK_CLASS = 0x0B0D
LOOK_SECONDS = 0.5

GONE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

_ALIVE = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
"""A machine that is cut off says no goodbye: its lock ends with its connection."""

_MEMBERS = """
    SELECT objid::bigint AS member FROM pg_locks
    WHERE locktype = 'advisory' AND classid = $1 AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY objid
"""

log = logger(__name__)


async def share_out(
    database: Database, names: Sequence[str], work: Callable[[str], Coroutine[Any, Any, None]]
) -> None:
    """Until cancelled: do the work of those names that fall to this process, each in a task."""
    going: dict[str, asyncio.Task[None]] = {}
    try:
        async with aclosing(_falling_to_us(database, names)) as shares:
            async for mine in shares:
                for ended in (task for task in going.values() if task.done()):
                    ended.result()
                await end_all([going.pop(name) for name in names if name in going.keys() - mine])
                for name in mine - going.keys():
                    going[name] = asyncio.create_task(work(name))
    finally:
        await end_all(going.values())


async def _falling_to_us(
    database: Database, names: Sequence[str]
) -> AsyncGenerator[set[str], None]:
    """Again and again; nothing while the database is away, as others may have taken over."""
    url = database.engine.url.set(drivername="postgresql")
    dsn = url.render_as_string(hide_password=False)
    shown: set[str] = set()
    while True:
        try:
            connection = await asyncpg.connect(
                dsn, timeout=5, command_timeout=5, server_settings=_ALIVE
            )
            try:
                async with aclosing(_places(connection)) as places:
                    async for place, members in places:
                        mine = {name for i, name in enumerate(names) if i % members == place}
                        if mine != shown:
                            log.info("consumer.shares", members=members, partitions=len(mine))
                        shown = mine
                        yield mine
            finally:
                connection.terminate()
        except GONE as error:
            log.warning("consumer.cannot_share", error=type(error).__name__)
            shown = set()
            yield shown
        await asyncio.sleep(LOOK_SECONDS)


async def _places(connection: Any) -> AsyncGenerator[tuple[int, int], None]:
    """Our place among those who are there, and how many they are."""
    us = secrets.randbits(31)
    await connection.execute("SELECT pg_advisory_lock($1, $2)", LOCK_CLASS, us)
    while True:
        members = [row["member"] for row in await connection.fetch(_MEMBERS, LOCK_CLASS)]
        yield members.index(us), len(members)
        await asyncio.sleep(LOOK_SECONDS)
