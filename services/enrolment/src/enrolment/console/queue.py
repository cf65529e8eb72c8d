"""The queue and one request, to read."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.runtime import RuntimeOf

from .choice import Choice, ChoiceOf
from .desk import Desk
from .pages import PageRoute, PagesOf
from .readers import Reader

router = APIRouter(route_class=PageRoute)


@router.get("/demandes")
async def queue(
    request: Request,
    principal: Reader,
    runtime: RuntimeOf,
    pages: PagesOf,
    choice: ChoiceOf,
    demande: UUID | None = None,
    fait: UUID | None = None,
) -> Response:
    desk = Desk(request, runtime, pages, principal, choice)
    if pages.is_fragment and demande is not None:
        return await desk.detail_alone(demande)
    return await desk.board(demande, decided=fait)


@router.get("/demandes/{request_id}")
async def one_request(
    request_id: UUID, request: Request, principal: Reader, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    desk = Desk(request, runtime, pages, principal, Choice())
    if pages.is_fragment:
        return await desk.detail_alone(request_id)
    return await desk.sheet(request_id)
