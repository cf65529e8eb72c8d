"""`make bench`: every figure of the house; `python -m bench pipeline` for one group."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from bench import (
    billing,
    cluster,
    family_read,
    figures,
    images,
    importing,
    opening,
    pages,
    pipeline,
    portal,
    queue,
    registry,
    replay,
    sign_in,
    streams,
)
from support.servers import Servers

RESULTS = Path(__file__).parents[2] / ".local" / "bench.json"
GROUPS = {
    "pipeline": pipeline.measure,
    "portal": portal.measure,
    "pages": pages.measure,
    "queue": queue.measure,
    "billing": billing.measure,
    "registry": registry.measure,
    "importing": importing.measure,
    "sign_in": sign_in.measure,
    "opening": opening.measure,
    "messaging": streams.measure,
    "family_read": family_read.measure,
    "replay": replay.measure,
    "images": images.measure,
    "cluster": cluster.measure,
}


async def measure(names: list[str]) -> list[figures.Figure]:
    servers = Servers(durable=True)
    try:
        found = []
        for name in names or GROUPS:
            found += await GROUPS[name](servers)
        return found
    finally:
        await asyncio.to_thread(servers.stop)


def main() -> None:
    if sys.argv[1:] == ["pages", "--keep"]:
        with suppress(KeyboardInterrupt):
            asyncio.run(pages.stand())
        return
    found = asyncio.run(measure(sys.argv[1:]))
    figures.keep(found, RESULTS)
    print(figures.show(found))


main()
