"""An HTTP server that stops when asked, and tells the rest of the process so."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

DRAIN_SECONDS = 5


class Server(uvicorn.Server):
    """uvicorn without its way with signals.

    It would raise a signal again once it has stopped, and the process would die before the
    consumer, the relay and the database had ended their work.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server_for(app: ASGIApp, host: str, port: int) -> Server:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        # Whose word about addresses to believe is decided by the gateway, not by a header.
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    return Server(config)


async def serve(server: Server, stopping: asyncio.Event) -> None:
    """Until SIGTERM or SIGINT; sets `stopping` first, so that open streams can end."""

    def stop() -> None:
        stopping.set()
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await server.serve()
