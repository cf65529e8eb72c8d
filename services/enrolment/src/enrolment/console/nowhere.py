"""An address of the console that leads nowhere: said on a page. Comes after all others."""

from fastapi import APIRouter, Response

from chassis.problems import Problem

from .pages import PageRoute
from .readers import AnyStaff

router = APIRouter(route_class=PageRoute)


@router.get("/{address:path}")
async def nowhere(address: str, _: AnyStaff) -> Response:
    raise Problem(404, "portail.not-found", "Page introuvable", "Cette adresse ne mène nulle part.")
