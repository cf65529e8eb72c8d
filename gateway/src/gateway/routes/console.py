"""The staff console: its sign-in here, everything else forwarded to enrolment as it is."""

from fastapi import APIRouter, Request

from chassis.auth import STAFF, allow
from chassis.problems import Problem
from gateway.forwarding import Destination, Forwarded, is_plain, onward_headers
from gateway.gateway import gateway_of
from gateway.visit import visit_of
from portail_contracts.catalogue import Context

from .raw import RawRoute

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

router = APIRouter(route_class=RawRoute, include_in_schema=False, dependencies=[allow(*STAFF)])


@router.api_route("/console", methods=["GET", "HEAD"])
async def console_home(request: Request) -> Forwarded:
    return await console(request)


@router.api_route("/console/{path:path}", methods=METHODS)
async def console(request: Request) -> Forwarded:
    """Raises Problem 404 for a path that could be read in two ways."""
    if not is_plain(request.scope["path"]):
        raise Problem(404, "portail.not-found", "Page introuvable")
    gateway, visit = gateway_of(request), visit_of(request)
    raw_path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.ENROLMENT),
            path=raw_path.decode("latin-1"),
            headers=onward_headers(request, visit.token, visit.form_token),
        ),
    )
