"""Where other systems come for their events, with a key of theirs; messaging answers."""

from fastapi import APIRouter, Request

from chassis.auth import Audience, allow
from chassis.correlation import current_trace
from gateway.forwarding import STREAM_SECONDS, Awaited, Destination
from gateway.gateway import gateway_of
from portail_contracts.catalogue import Context

from .raw import RawRoute

router = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.ANYONE)]
)


@router.get("/api/events")
async def events(request: Request) -> Awaited:
    """Nothing of a session goes along; the key is messaging's to know."""
    gateway = gateway_of(request)
    key: str = request.scope["state"]["key"]
    return Awaited(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.MESSAGING),
            path="/v1/partner-events",
            headers=(("X-Api-Key", key), ("traceparent", current_trace().traceparent)),
            silence=STREAM_SECONDS,
        ),
    )
