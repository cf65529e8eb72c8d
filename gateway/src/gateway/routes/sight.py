"""Health. Nothing here asks the services: their troubles are not the gateway's."""

from fastapi import APIRouter

from chassis.auth import Audience, allow

router = APIRouter(dependencies=[allow(Audience.ANYONE)], include_in_schema=False)


@router.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "live"}


@router.get("/health/ready")
async def ready() -> dict[str, str]:
    # A gateway without any service still signs out, explains and shows its static pages.
    return {"status": "ready"}
