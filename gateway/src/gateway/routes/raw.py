"""Routes that hand the whole request to another ASGI application, once their guard has agreed.

They are declared like the others, so that the permission matrix covers them, and skip the parsing
that the others need.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from chassis.auth import guard_of

ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]


class Handed(Response):
    """An answer made by another ASGI application."""

    def __init__(self, app: ASGI) -> None:
        self._app = app
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


class RawRoute(APIRoute):
    """The endpoint is `async (request) -> Response` and nothing of the request is read before."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def handle(request: Request) -> Response:
            guard = guard_of(self)
            if guard is not None:
                await guard(request)
            response: Response = await self.endpoint(request)
            return response

        return handle
