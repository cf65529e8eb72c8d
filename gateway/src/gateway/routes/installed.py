"""The portal as an application of the phone: its manifest, and what answers without a network."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from chassis.auth import Audience, allow
from gateway.gateway import GatewayOf
from gateway.pages.rendering import render
from gateway.visit import VisitOf

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.ANYONE)])

LAGOON, PAPER = "#0b5d66", "#faf7f1"
ICON_SIZES = (192, 512)


@router.get("/manifest.webmanifest")
async def manifest(gateway: GatewayOf) -> Response:
    authority = gateway.shared.authority
    drawn = [_icon(gateway.assets.url(f"icon-{size}.png"), size) for size in ICON_SIZES]
    return JSONResponse(
        {
            "id": "/",
            "name": f"{authority.service_name}, {authority.name}",
            "short_name": authority.service_name,
            "lang": "fr",
            "start_url": "/?application=1",
            "scope": "/",
            "display": "standalone",
            "theme_color": LAGOON,
            "background_color": PAPER,
            "icons": drawn,
        },
        media_type="application/manifest+json",
    )


def _icon(url: str, size: int) -> dict[str, str]:
    sizes = f"{size}x{size}"
    return {"src": url, "sizes": sizes, "type": "image/png", "purpose": "any maskable"}


@router.get("/service-worker.js")
async def service_worker(gateway: GatewayOf) -> Response:
    """Not under its hashed name: from there it could only serve what lies beside it."""
    script = gateway.assets.named("service-worker.js")
    return Response(
        script.content, media_type=script.content_type, headers={"Cache-Control": "no-cache"}
    )


@router.get("/hors-connexion")
async def offline(gateway: GatewayOf, visit: VisitOf) -> Response:
    """Kept by browsers, so it must say nothing of whoever asks."""
    return render(gateway, visit, "offline.html", title="Hors connexion")
