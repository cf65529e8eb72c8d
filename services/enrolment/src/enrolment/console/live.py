"""What changes elsewhere, asked now and then by open pages of the console."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from chassis.runtime import Runtime, RuntimeOf
from enrolment.store.request_lists import count_pending

from .correspondence import Counts, correspondence_of
from .letters_pages import or_none
from .pages import sections_of
from .readers import AnyStaff

router = APIRouter()


@router.get("/direct/recent")
async def recent(request: Request, principal: AnyStaff, runtime: RuntimeOf) -> JSONResponse:
    """Counts of the menu, only of the sections that the reader has. `away`: what did not answer."""
    sections = sections_of(principal)
    counts: dict[str, int] = {}
    away: list[str] = []
    letters = correspondence_of(request, runtime, principal)
    pending, waiting = await asyncio.gather(
        _pending(runtime), or_none(letters.get("/threads/counts", Counts))
    )
    if "requests" in sections:
        counts["requests"] = pending
    if waiting is None:
        away.append("messages")
    else:
        counts["messages"] = waiting.waiting
    return JSONResponse({"counts": counts, "away": away}, headers={"Cache-Control": "no-store"})


async def _pending(runtime: Runtime) -> int:
    async with runtime.database.reading() as connection:
        return await count_pending(connection)
