"""Styles, scripts and drawings: names hold their content's hash, browsers keep them for ever."""

from fastapi import APIRouter, Request

from chassis.auth import Audience, allow
from chassis.web.assets import static_app
from gateway.gateway import gateway_of

from .raw import Handed, RawRoute

router = APIRouter(route_class=RawRoute, include_in_schema=False)


@router.api_route("/static/{name}", methods=["GET", "HEAD"], dependencies=[allow(Audience.ANYONE)])
async def static(request: Request) -> Handed:
    return Handed(static_app(gateway_of(request).assets))
