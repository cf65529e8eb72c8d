"""The authority's mark, for everybody and for ever under its fingerprint."""

import re

from fastapi import APIRouter, Request

from chassis.auth import Audience, allow
from chassis.authority import FINGERPRINT, LOGO_DOOR
from chassis.problems import Problem
from gateway.forwarding import Destination, Forwarded
from gateway.gateway import gateway_of
from portail_contracts.catalogue import Context

from .raw import RawRoute

router = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.ANYONE)]
)


@router.get("/logo/{fingerprint}.png")
async def logo(request: Request) -> Forwarded:
    """Raises Problem 404 for what is no fingerprint; enrolment, for one that no longer stands."""
    fingerprint = request.path_params["fingerprint"]
    if not re.fullmatch(FINGERPRINT, fingerprint):
        raise Problem(404, "portail.not-found", "Page introuvable")
    gateway = gateway_of(request)
    token = await gateway.upstream.own_token()
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.ENROLMENT),
            path=f"{LOGO_DOOR}/{fingerprint}",
            headers=(("authorization", f"Bearer {token}"),),
            with_query=False,
        ),
    )
