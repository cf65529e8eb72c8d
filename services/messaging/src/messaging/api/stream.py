"""Server-sent events: one open response per page of the signed-in family."""

import asyncio
import random
import re
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from chassis.runtime import RuntimeOf
from chassis.tokens import LIFETIME
from messaging.live import LiveHub, Stream
from messaging.own import own_of

from .reading import ReaderOf

COMMENT_SECONDS = 15.0
SEND_SECONDS = 20.0
"""A reader that takes nothing for so long has gone, whatever its connection says."""

router = APIRouter(prefix="/v1/me")


@router.get("/stream", response_class=Response)
async def stream(
    reader: ReaderOf,
    runtime: RuntimeOf,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Events `request`, `thread` and `counts`; resumes after `Last-Event-ID`."""
    hub = own_of(runtime).live
    return EventStream(hub, hub.open(reader, _number(last_event_id)))


def _number(last_event_id: str | None) -> int | None:
    """What a page sends back may be anything; what is no number of ours is a new beginning."""
    found = re.fullmatch(r"\d{1,18}", last_event_id or "", re.ASCII)
    return int(found[0]) if found else None


class EventStream(Response):
    """Sends what the hub hands over until the page leaves or the stream ends.

    A stream lives no longer than a token: the page then comes back through the gateway, which
    asks again whether its session still holds. The spread keeps pages from coming back together.
    """

    media_type = "text/event-stream"

    def __init__(self, hub: LiveHub, stream: Stream) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._hub = hub
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        leaving = asyncio.create_task(self._end_when_left(receive))
        lifetime = LIFETIME.total_seconds() * random.uniform(0.8, 1.0)  # noqa: S311 - no secret
        ending = asyncio.get_running_loop().call_later(lifetime, self._stream.end)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            while frames := await self._next():
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "http.response.body", "body": frames, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            return
        finally:
            ending.cancel()
            leaving.cancel()
            self._hub.close(self._stream)

    async def _next(self) -> bytes:
        try:
            async with asyncio.timeout(COMMENT_SECONDS):
                return await self._stream.frames()
        except TimeoutError:
            return b":\n\n"

    async def _end_when_left(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._stream.end()
