"""The other services, as messaging asks them over HTTP: a real server with what a test answers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from portail_contracts.catalogue import Context

Answer = Callable[[web.Request], Awaitable[web.Response]]


async def _token(_: web.Request) -> web.Response:
    return web.json_response({"token": "a-service-token"})


@asynccontextmanager
async def played(messaging: Any, answer: Answer) -> AsyncIterator[None]:
    """Whatever is asked of any of them, `answer` says."""
    application = web.Application()
    application.router.add_post("/v1/service-tokens", _token)
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    for context in Context:
        address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        messaging.runtime.peers._addresses[context] = address
    try:
        yield
    finally:
        await messaging.runtime.peers.close()
        await runner.cleanup()
