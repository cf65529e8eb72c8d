"""`python -m gateway serve`."""

import asyncio
import sys

import uvloop

from chassis import spans
from chassis.authority import follow_authority
from chassis.serving import serve, server_for
from chassis.settings import SharedSettings
from chassis.telemetry import configure_logging

from .bootstrap import NAME, build, create_app
from .settings import Settings


async def run(settings: Settings, shared: SharedSettings) -> None:
    """Until SIGTERM; open streams end with their upstream's, browsers open them again."""
    gateway = build(settings, shared)
    server = server_for(create_app(gateway), settings.host, settings.port)
    following = asyncio.create_task(follow_authority(gateway.peers, shared))
    try:
        await serve(server, asyncio.Event())
    finally:
        following.cancel()
        await gateway.close()


def main() -> None:
    if sys.argv[1:] != ["serve"]:
        sys.exit("usage: python -m gateway serve")
    shared = SharedSettings()
    configure_logging(NAME, shared.log_level)
    spans.send_to(shared.otlp_endpoint, NAME, shared.otlp_ratio)
    uvloop.run(run(Settings(), shared))


if __name__ == "__main__":
    main()
