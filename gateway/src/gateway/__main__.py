"""`python -m gateway serve`."""

import asyncio
import sys

import uvloop

from chassis import spans
from chassis.authority import follow_authority
from chassis.ending import end_all
from chassis.serving import Server, serve, server_for
from chassis.settings import SharedSettings
from chassis.telemetry import configure_logging

from . import figures
from .bootstrap import NAME, build, create_app
from .gateway import Gateway
from .settings import Settings


async def run(settings: Settings, shared: SharedSettings) -> None:
    """Until SIGTERM; open streams end with their upstream's, browsers open them again."""
    gateway = build(settings, shared)
    beside = [asyncio.create_task(follow_authority(gateway.peers, shared))]
    door, *others = servers(gateway, settings)
    beside += [asyncio.create_task(server.serve()) for server in others]
    try:
        await serve(door, asyncio.Event())
    finally:
        await end_all(beside)
        await gateway.close()


def servers(gateway: Gateway, settings: Settings) -> list[Server]:
    """The public door, and beside it the figures where they are wanted."""
    doors = [server_for(create_app(gateway), settings.host, settings.port)]
    if settings.metrics_port is not None:
        doors.append(server_for(figures.app, settings.host, settings.metrics_port))
    return doors


def main() -> None:
    if sys.argv[1:] != ["serve"]:
        sys.exit("usage: python -m gateway serve")
    shared = SharedSettings()
    configure_logging(NAME, shared.log_level)
    spans.send_to(shared.otlp_endpoint, NAME, shared.otlp_ratio)
    uvloop.run(run(Settings(), shared))


if __name__ == "__main__":
    main()
