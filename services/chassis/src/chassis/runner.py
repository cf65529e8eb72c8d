"""`python -m <service> serve | api | worker | migrate`, and the service's own verbs.

`worker` is `consumer` and `relay` in one process; each runs alone too.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import uvloop

from . import spans
from .app import build_runtime, create_app
from .authority import follow_authority
from .broker.consumer import Consumer
from .broker.relay import Relay
from .broker.sampling import sample
from .documents import Documents
from .documents.fonts import FontsMissing
from .ending import end_all
from .migrations import upgrade
from .reaching import reachable
from .runtime import Runtime, Service
from .serving import serve, server_for
from .telemetry import configure_logging, logger

log = logger(__name__)

STRAY_SECONDS = 5.0

PARTS = {
    "serve": ("api", "consumer", "relay"),
    "api": ("api",),
    "worker": ("consumer", "relay"),
    "consumer": ("consumer",),
    "relay": ("relay",),
}


def main(describe: Callable[[], Service]) -> None:
    """The whole of a service's `__main__`."""
    verb, *arguments = sys.argv[1:] or ["help"]
    service = describe()
    configure_logging(service.context, service.shared.log_level)
    spans.send_to(service.shared.otlp_endpoint, service.context, service.shared.otlp_ratio)
    if verb == "migrate":
        _migrate(service)
    elif verb in PARTS:
        _check_fonts(service)
        sys.exit(uvloop.run(_run_to_the_end(service, PARTS[verb])))
    elif verb in service.commands:
        uvloop.run(_command(service, verb, arguments))
    else:
        known = " | ".join(["migrate", *PARTS, *service.commands])
        sys.exit(f"usage: python -m {service.context} {known}")


def _migrate(service: Service) -> None:
    url = service.settings.migration_database_url
    if not url:
        sys.exit(f"{service.context.upper()}_MIGRATION_DATABASE_URL is not given")
    asyncio.run(reachable(url))
    upgrade(service.migrations, url)


def _check_fonts(service: Service) -> None:
    """Better said at the start than to the first parent who wants to print."""
    try:
        if service.prints:
            Documents.check()
    except FontsMissing as missing:
        sys.exit(str(missing))


async def _command(service: Service, verb: str, arguments: Sequence[str]) -> None:
    runtime = build_runtime(service)
    try:
        await service.commands[verb](runtime, arguments)
    finally:
        await _close(runtime)


async def _run_to_the_end(service: Service, parts: Sequence[str]) -> int:
    """All of ours is drained when `run` ends: a client's task that will not end must not hold the
    process until somebody kills it."""
    code = await run(service, parts)
    strays = asyncio.all_tasks() - {asyncio.current_task()}
    for stray in strays:
        stray.cancel()
    if strays and (await asyncio.wait(strays, timeout=STRAY_SECONDS))[1]:
        log.warning("process.ended_with_strays", tasks=len(strays))
        sys.stdout.flush()
        os._exit(code)
    return code


async def run(service: Service, parts: Sequence[str]) -> int:
    """Until SIGTERM, then drain; returns a non-zero code when a part ended by itself."""
    runtime = build_runtime(service)
    app = create_app(service, runtime, with_routes="api" in parts)
    server = server_for(app, service.settings.host, service.settings.port)
    work = [asyncio.create_task(part) for part in _work(service, runtime, parts)]
    serving = asyncio.create_task(serve(server, runtime.stopping))
    warming = asyncio.create_task(_warm(service, runtime, parts))
    done, _ = await asyncio.wait({serving, *work}, return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in done if task is not serving]
    for task in failed:
        log.critical("process.part_ended", exc_info=task.exception())
    server.should_exit = True
    await serving
    await end_all([warming, *work])
    await _close(runtime)
    log.info("process.drained")
    return 1 if failed else 0


def _work(
    service: Service, runtime: Runtime, parts: Sequence[str]
) -> list[Coroutine[Any, Any, None]]:
    urls = service.settings.broker_urls
    context, database, clock = service.context, runtime.database, runtime.clock
    partitions = service.settings.consumer_partitions
    work: list[Coroutine[Any, Any, None]] = [
        sample(context, database, urls, clock, partitions),
        follow_authority(runtime.peers, runtime.shared),
    ]
    handlers = service.handlers(runtime)
    if "consumer" in parts and handlers:
        consumer = Consumer(context, database, urls, clock, handlers, partitions=partitions)
        work.append(consumer.run())
    if "relay" in parts:
        work.append(Relay(context, database, urls, clock).run())
    if "api" in parts:
        work += [background(runtime) for background in service.background]
    return work


async def _warm(service: Service, runtime: Runtime, parts: Sequence[str]) -> None:
    if service.prints and "api" in parts:
        await runtime.documents.warm()


async def _close(runtime: Runtime) -> None:
    await runtime.documents.close()
    await runtime.peers.close()
    await runtime.database.close()
