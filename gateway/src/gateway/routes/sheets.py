"""A child's sheet on paper, simple and complete: accounts makes it and notes who took it out."""

from uuid import UUID

from fastapi import APIRouter, Request

from chassis.auth import Audience, allow
from gateway.forwarding import Destination, Forwarded, onward_headers
from gateway.gateway import gateway_of
from gateway.visit import visit_of
from portail_contracts.catalogue import Context

from .raw import RawRoute

router = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.FAMILY)]
)


@router.get("/enfants/{child_id}/fiche.pdf")
async def simple(request: Request) -> Forwarded:
    return _sheet(request, "sheet.pdf")


@router.get("/enfants/{child_id}/fiche-complete.pdf")
async def complete(request: Request) -> Forwarded:
    return _sheet(request, "complete-sheet.pdf")


def _sheet(request: Request, name: str) -> Forwarded:
    gateway, visit = gateway_of(request), visit_of(request)
    try:
        child_id = UUID(request.path_params["child_id"])
    except ValueError:
        child_id = UUID(int=0)
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.ACCOUNTS),
            path=f"/v1/me/children/{child_id}/{name}",
            headers=onward_headers(request, visit.token, visit.form_token),
        ),
    )
