"""`events.pipeline` and `events.latency_p99_ms`: the chassis alone, on durable servers."""

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figure
from bench.workers import EVENTS
from support.brokers import VirtualHost, make_vhost
from support.databases import Databases, ServiceDatabase
from support.ledger_service import create_tables
from support.servers import Servers

TESTS = Path(__file__).parents[1]
"""Programs are started as modules from here: as scripts, ours would hide the library's `queue`."""
PASSES = 3


@dataclass
class Ground:
    """Fresh databases and a fresh virtual host for one measurement."""

    enrolment: ServiceDatabase
    billing: ServiceDatabase
    vhost: VirtualHost


class Worker:
    """One process of the bench, ready to go."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(
        cls, role: str, database_url: str, broker_url: str, program: str = "bench.workers"
    ) -> "Worker":
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            program,
            role,
            database_url,
            broker_url,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": str(TESTS), "PATH": "/usr/bin:/bin"},
        )
        worker = cls(process)
        assert await worker.line() == "READY"
        return worker

    async def line(self) -> str:
        assert self._process.stdout
        return (await self._process.stdout.readline()).decode().strip()

    def go(self) -> None:
        assert self._process.stdin
        self._process.stdin.write(b"go\n")

    async def told(self) -> list[str]:
        """All it says until it is done, DONE included."""
        lines = []
        while (line := await self.line()) != "":
            lines.append(line)
        return lines


async def _pair(ground: Ground, sender: str, receiver: str) -> float:
    """Seconds from the start to the end of both."""
    workers = [
        await Worker.start(receiver, ground.billing.runtime_url, ground.vhost.url("billing")),
        await Worker.start(sender, ground.enrolment.runtime_url, ground.vhost.url("enrolment")),
    ]
    await asyncio.sleep(1.5)
    started = time.time()
    for worker in workers:
        worker.go()
    told = await asyncio.gather(*(worker.told() for worker in workers))
    return max(float(lines[-1].split()[1]) for lines in told) - started


async def measure(servers: Servers) -> list[Figure]:
    databases = Databases(servers.postgres.admin_url)

    async def ground() -> Ground:
        made = [await databases.empty("enrolment"), await databases.empty("billing")]
        for database in made:
            await create_tables(database.owner_url)
        return Ground(*made, await asyncio.to_thread(make_vhost, servers, (1.0,)))

    ours, broker, base = [], [], []
    for _ in range(PASSES):
        ours.append(EVENTS / await _pair(await ground(), "produce", "consume"))
        broker.append(EVENTS / await _pair(await ground(), "publish_raw", "consume_raw"))
        base.append(EVENTS / await _pair(await ground(), "write_only", "effects_only"))
    middle = PASSES // 2
    rate, raw, sql = (sorted(rates)[middle] for rates in (ours, broker, base))
    return [
        Figure("events.pipeline/broker", rate, raw, "events/s", "", "aio-pika confirm + ack"),
        Figure("events.pipeline/sql", rate, sql, "events/s", "", "same transactions, no broker"),
        Figure("events.pipeline", rate, min(raw, sql), "events/s", ">= 0.8", "the slower of both"),
        await _latency(await ground()),
    ]


async def _latency(ground: Ground) -> Figure:
    receiver = await Worker.start(
        "note_arrivals", ground.billing.runtime_url, ground.vhost.url("billing")
    )
    sender = await Worker.start(
        "trickle", ground.enrolment.runtime_url, ground.vhost.url("enrolment")
    )
    await asyncio.sleep(1.5)
    receiver.go()
    sender.go()
    heard, committed = await asyncio.gather(receiver.told(), sender.told())
    arrival = _instants(heard, "HEARD")
    delays = sorted(
        1000 * (arrival[booking] - at) for booking, at in _instants(committed, "COMMITTED").items()
    )
    p99 = delays[int(len(delays) * 0.99)]
    return Figure("events.latency_p99_ms", p99, 30.0, "ms", "< 30 at 200/s", "the aim")


def _instants(lines: list[str], word: str) -> dict[str, float]:
    split = [line.split() for line in lines if line.startswith(word)]
    return {booking: float(at) for _, booking, at in split}
