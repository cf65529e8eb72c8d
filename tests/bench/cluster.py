"""`cluster.partitions_speedup` and `cluster.failover_gap_s`.

On two cores a handler that computes cannot be twice as fast, and processes of the broker and the
database want their part: what partitions are for shows where the handler waits.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from bench.figures import Figure
from bench.parting_worker import GATE
from bench.workers import FAMILIES, bodies
from chassis.broker import topology
from chassis.broker.connection import open_link
from chassis.broker.deliveries import key_header
from chassis.broker.publishing import Outgoing, publish_many
from chassis.identifiers import new_id
from portail_contracts.catalogue import Context
from portail_contracts.enrolment import BookingConfirmed
from support.brokers import PASSWORD, USERS, VirtualHost
from support.cluster_town import a_leader_is_killed, the_primary_is_killed, town
from support.databases import Databases, ServiceDatabase
from support.ledger_service import create_tables
from support.servers import Servers

EVENTS = 1_000
PARTS = (1, 2, 4)
KINDS = ("computing", "waiting")
TESTS = Path(__file__).parents[1]


async def measure(servers: Servers) -> list[Figure]:
    databases, figures = Databases(servers.postgres.admin_url), []
    for kind in KINDS:
        rates = {
            parts: await _rate(servers, await databases.empty("billing"), kind, parts)
            for parts in PARTS
        }
        figures.append(Figure(f"cluster.one_part {kind}", rates[1], None, "/s", ""))
        figures += [
            Figure(
                f"cluster.partitions_speedup {parts} {kind}",
                rates[parts] / rates[1],
                float(parts),
                "x",
                "grows with N",
                "as many processes, each as fast as one",
            )
            for parts in PARTS
        ]
    return [*figures, *await _gaps()]


async def _rate(servers: Servers, made: ServiceDatabase, kind: str, parts: int) -> float:
    """Events a second of as many processes as parts, from the moment they may begin."""
    await create_tables(made.owner_url)
    vhost = VirtualHost(f"parts-{kind}-{parts}", servers.rabbitmq.port)
    passwords = dict.fromkeys(USERS, PASSWORD)
    definitions = topology.definitions(vhost.name, passwords, partitions={Context.BILLING: parts})
    await asyncio.to_thread(servers.wait, servers.rabbitmq.import_definitions(definitions))
    await _fill(vhost)
    connection = await asyncpg.connect(made.owner_url.replace("+asyncpg", ""))
    await connection.execute(f"SELECT pg_advisory_lock({GATE})")
    async with _workers(kind, made, vhost, parts):
        # Each part has its reader, which stands before the gate.
        while await connection.fetchval(_BEFORE_THE_GATE) < parts:
            await asyncio.sleep(0.05)
        started = time.perf_counter()
        await connection.execute(f"SELECT pg_advisory_unlock({GATE})")
        while await connection.fetchval("SELECT count(*) FROM heard") < EVENTS:
            await asyncio.sleep(0.02)
        taken = time.perf_counter() - started
    await connection.close()
    return EVENTS / taken


_BEFORE_THE_GATE = f"""
    SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND objid = {GATE} AND NOT granted
"""


async def _fill(vhost: VirtualHost) -> None:
    link = await open_link(vhost.url(), "bench")
    exchange, queue = (
        make(Context.BILLING) for make in (topology.again_exchange, topology.events_queue)
    )
    now = datetime.now(UTC)
    kind = BookingConfirmed.type
    messages = [
        Outgoing(new_id(), exchange, queue, kind, body, now, key_header({}, body))
        for body in bodies()[:EVENTS]
    ]
    for start in range(0, EVENTS, len(FAMILIES)):
        assert not await publish_many(link.channel, messages[start : start + len(FAMILIES)])
    await link.close()


@asynccontextmanager
async def _workers(
    kind: str, made: ServiceDatabase, vhost: VirtualHost, parts: int
) -> AsyncIterator[None]:
    command = [sys.executable, "-m", "bench.parting_worker", kind, made.runtime_url]
    started = [
        await asyncio.create_subprocess_exec(
            *command,
            *(vhost.url("billing"), str(parts)),
            env={"PYTHONPATH": str(TESTS), "PATH": "/usr/bin:/bin"},
        )
        for _ in range(parts)
    ]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            await process.wait()


def _folder() -> Path:
    """The servers' own account looks into it."""
    folder = Path(tempfile.mkdtemp(prefix="portail-bench-"))
    folder.chmod(0o755)
    return folder


async def _gaps() -> list[Figure]:
    """From the kill until a fact that was committed after it has had its effect."""
    folder = _folder()
    try:
        async with town(folder) as running:
            steady = await running.caught_up_since(time.monotonic())
            broker = await a_leader_is_killed(running)
            database = await the_primary_is_killed(running)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    limit_is = "the same while nothing is killed"
    return [
        Figure(f"cluster.failover_gap_s {what}", gap, steady, "s", "printed", limit_is)
        for what, gap in (("broker", broker), ("database", database))
    ]
