"""What happens elsewhere, told to open pages: a stream of events, or a question now and then."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from chassis.auth import Audience, allow
from gateway import answers
from gateway.forwarding import STREAM_SECONDS, Destination, Forwarded, onward_headers
from gateway.gateway import GatewayOf, gateway_of
from gateway.upstream import or_none
from gateway.visit import visit_of
from gateway.voice import VoiceOf
from portail_contracts.catalogue import Context

from .raw import RawRoute

stream = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.FAMILY)]
)
OVERLAP = timedelta(seconds=5)

poll = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])


@stream.get("/direct")
async def live(request: Request) -> Forwarded:
    """Server-sent events of messaging; Last-Event-ID is the browser's own and goes through."""
    gateway, visit = gateway_of(request), visit_of(request)
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.MESSAGING),
            path="/v1/me/stream",
            headers=onward_headers(request, visit.token, visit.form_token),
            silence=STREAM_SECONDS,
        ),
    )


@poll.get("/direct/etat")
@poll.get("/direct/recent")
async def state(
    gateway: GatewayOf, voice: VoiceOf, since: Annotated[str | None, Query(max_length=40)] = None
) -> JSONResponse:
    """For networks that hold streams back: the counts, and the days that changed since the cursor.

    The cursor is the instant of the answer; the first question only gets one.
    """
    asked_at = gateway.clock.now()
    counts, requests = await asyncio.gather(
        voice.counts(), or_none(voice.requests("all", history=False, page=1))
    )
    # Its clock may be a little behind ours: a day read twice does no harm, one skipped does.
    after = _instant(since)
    after = after - OVERLAP if after else None
    changes = (
        [_change(one) for one in requests.items if _moved_at(one) >= after]
        if after is not None and requests is not None
        else []
    )
    # Without an answer the cursor stays where it was: nothing may be skipped.
    cursor = asked_at.isoformat() if requests is not None else since
    return JSONResponse({"cursor": cursor, "counts": counts, "changes": changes})


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _moved_at(request: answers.Request) -> datetime:
    return request.decided_at or request.submitted_at


def _change(request: answers.Request) -> dict[str, Any]:
    only = request.child_ids[0] if len(request.child_ids) == 1 else None
    return {
        "child_id": str(only) if only else None,
        "days": [day.isoformat() for day in request.days],
    }
