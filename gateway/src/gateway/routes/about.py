"""Pages that the law asks for, open to all."""

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.auth import Audience, allow
from gateway.gateway import GatewayOf
from gateway.pages.rendering import render
from gateway.visit import VisitOf

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.ANYONE)])


@router.get("/accessibilite")
async def accessibility(gateway: GatewayOf, visit: VisitOf) -> Response:
    return render(gateway, visit, "accessibility.html", title="Accessibilité")


@router.get("/mentions-legales")
async def legal(gateway: GatewayOf, visit: VisitOf) -> Response:
    return render(gateway, visit, "legal.html", title="Mentions légales")


@router.get("/confidentialite")
async def privacy(gateway: GatewayOf, visit: VisitOf) -> Response:
    return render(gateway, visit, "privacy.html", title="Vos données personnelles")
