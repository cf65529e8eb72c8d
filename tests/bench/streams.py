"""`messaging.stream_*` and `messaging.broadcast_1500_s`: open pages, and word to many families."""

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg

from bench.accounts import KeyHolder
from bench.figures import Figure
from chassis.auth import Audience, Principal
from chassis.clock import SystemClock
from chassis.database import Database
from chassis.identifiers import new_id
from messaging.crier import Crier
from messaging.domain.broadcasting import Audience as Families
from messaging.domain.broadcasting import Whom
from messaging.domain.desk import Agent
from messaging.store.live import add_live_event
from messaging.use_cases.broadcast import Draft, start_broadcast
from portail_contracts.catalogue import Context
from portail_local.servers import free_port
from support.databases import Databases
from support.servers import Servers

STREAMS = 2000
MANY = 1500


@dataclass
class Told:
    """When each open page heard, in seconds after its event was committed."""

    committed: dict[str, float]
    delays: list[float]


async def measure(servers: Servers) -> list[Figure]:
    databases = Databases(await asyncio.to_thread(lambda: servers.postgres.admin_url))
    made = await databases.fresh("messaging")
    return [*await _streams(made.runtime_url, made.owner_url), await _broadcast(made.runtime_url)]


async def _streams(url: str, owner_url: str) -> list[Figure]:
    holder, port = KeyHolder(), free_port()
    async with holder.served() as accounts_url:
        environment = {
            **os.environ,
            "MESSAGING_DATABASE_URL": url,
            "MESSAGING_MIGRATION_DATABASE_URL": owner_url,
            "MESSAGING_BROKER_URLS": "amqp://127.0.0.1:1",
            "MESSAGING_SERVICE_SECRET": "secret",
            "MESSAGING_PORT": str(port),
            **{f"PORTAIL_{context.upper()}_URL": accounts_url for context in Context},
        }
        api = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "messaging", "api"),
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            return await _open_and_tell(f"http://127.0.0.1:{port}", api.pid, url, holder)
        finally:
            api.terminate()
            await api.wait()


async def _open_and_tell(address: str, pid: int, url: str, holder: KeyHolder) -> list[Figure]:
    families = [new_id() for _ in range(STREAMS)]
    told = Told({}, [])
    opened = asyncio.Semaphore(0)
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
    )
    async with session:
        await _ready(session, address)
        before = _resident_kib(pid)
        # Pages come one after the other, even on a busy morning.
        arriving = asyncio.Semaphore(50)

        async def watch(family_id: object) -> None:
            principal = Principal(str(new_id()), "F", frozenset({Audience.FAMILY}), family_id)
            headers = {"Authorization": f"Bearer {holder.token(principal)}"}
            async with arriving:
                page = await session.get(f"{address}/v1/me/stream", headers=headers)
                assert page.status == 200, page.status
                opened.release()
            async with page:
                while b'"unread":7' not in await page.content.readline():
                    pass
                told.delays.append(time.perf_counter() - told.committed[str(family_id)])

        watching = [asyncio.create_task(watch(family_id)) for family_id in families]
        async with asyncio.timeout(180):
            for _ in families:
                await opened.acquire()
        await asyncio.sleep(1)
        each = (_resident_kib(pid) - before) / STREAMS
        await _tell(url, families, told)
        await asyncio.wait_for(asyncio.gather(*watching), 120)
    worst = sorted(told.delays)[int(len(told.delays) * 0.99)] * 1000
    return [
        Figure("messaging.stream_kib", each, 64.0, "KiB", "2,000 on one process", "ours"),
        Figure("messaging.stream_delay_p99_ms", worst, 1000.0, "ms", "< 1 s", "the aim"),
    ]


async def _tell(url: str, families: list[object], told: Told) -> None:
    """One event a family, some hundred a second, as on a busy morning."""
    database = Database(url, Context.MESSAGING, SystemClock())
    for family_id in families:
        async with database.transaction() as transaction:
            await add_live_event(
                transaction.connection,
                family_id,
                "counts",
                {"unread": 7},
                SystemClock().now(),
            )
            told.committed[str(family_id)] = time.perf_counter()
    await database.close()


async def _broadcast(url: str) -> Figure:
    """1,500 families told by one crier: inbox, queue of e-mails, live word, outbox."""
    clock = SystemClock()
    database = Database(url, Context.MESSAGING, clock)
    draft = Draft(new_id(), "Grève", "Fermé mardi.", Families(Whom.EVERYBODY))
    to = {new_id() for _ in range(MANY)}
    async with database.transaction() as transaction:
        await start_broadcast(transaction, draft, to, Agent(new_id(), "A"), clock.now())
    started = time.perf_counter()
    await Crier(database, clock).work()
    took = time.perf_counter() - started
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    told = await connection.fetchval("SELECT count(DISTINCT family_id) FROM messages")
    await connection.close()
    await database.close()
    assert told == MANY
    return Figure("messaging.broadcast_1500_s", took, 120.0, "s", "each once", "ours")


async def _ready(session: aiohttp.ClientSession, address: str) -> None:
    async with asyncio.timeout(180):
        while True:
            try:
                async with session.get(f"{address}/health/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.1)


def _resident_kib(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024
