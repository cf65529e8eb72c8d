"""`events.replay`: a month of events sent again to a partner, beside a bare reader of the log."""

import asyncio
import os

from bench.figures import Figure
from bench.pipeline import Worker
from support.brokers import make_vhost
from support.servers import Servers

EVENTS = int(os.environ.get("PORTAIL_BENCH_EVENTS", "400000"))
"""A month of a town of 15,000 families; fewer for a quick look."""

PASSES = 3


async def measure(servers: Servers) -> list[Figure]:
    vhost = await asyncio.to_thread(make_vhost, servers, (1.0,))
    await _filled(vhost.url())
    ours, bare, grown = [], [], []
    for _ in range(PASSES):
        bare.append(float((await _told("read_bare", vhost.url()))[0]))
        rate, kib = await _told("replay", vhost.url())
        ours.append(float(rate))
        grown.append(float(kib))
    middle = PASSES // 2
    rate, limit = sorted(ours)[middle], sorted(bare)[middle]
    aim = f">= 0.7, {EVENTS} events"
    return [
        Figure("events.replay", rate, limit, "events/s", aim, "aio-pika reads the stream"),
        Figure("events.replay_grown_mib", max(grown) / 1024, 16.0, "MiB", "flat", "ours"),
    ]


async def _filled(url: str) -> None:
    await _told("fill", url)


async def _told(role: str, url: str) -> list[str]:
    worker = await Worker.start(role, str(EVENTS), url, "bench.replaying_workers")
    worker.go()
    lines = await worker.told()
    (figures,) = (line for line in lines if line.startswith("TOLD"))
    return figures.split()[1:]
