"""Where partners come for their events; the gateway's `/api/events` leads here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf
from messaging.domain.cursors import Cursor, read_cursor
from messaging.own import own_of
from messaging.partners.pulls import Asked
from messaging.use_cases.pull_events import Page

LATEST = "latest"
LARGEST_LIMIT = 500
LONGEST_WAIT = 25
"""Seconds: less than what proxies on the way take for silence."""

# Whose key it is decides: a partner has no session and no token.
router = APIRouter(prefix="/v1", dependencies=[allow(Audience.ANYONE)])


@router.get("/partner-events")
async def events(
    request: Request,
    runtime: RuntimeOf,
    key: Annotated[str, Header(alias="X-Api-Key", max_length=100)] = "",
    after: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT)] = 100,
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> Response:
    """The events after a cursor, oldest first; without one, from the oldest that is kept."""
    asked = Asked(_cursor(after), after == LATEST, limit, wait)
    async with _leaving(request) as left:
        page = await own_of(runtime).pulls.answer(key, asked, left)
    return Response(
        _written(page), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _cursor(after: str | None) -> Cursor | None:
    """Raises Unreadable."""
    return read_cursor(after) if after not in (None, LATEST) else None


def _written(page: Page) -> bytes:
    """Events stand in it byte for byte as they were published."""
    more = b"true" if page.more else b"false"
    head = b'{"cursor":"' + str(page.cursor).encode() + b'","more":' + more + b',"events":['
    return head + b",".join(page.bodies) + b"]}"


@asynccontextmanager
async def _leaving(request: Request) -> AsyncIterator["asyncio.Task[None]"]:
    """A task that ends when the client goes away."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    task = asyncio.create_task(gone())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
