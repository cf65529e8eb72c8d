"""The queue and one request, to read."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.documents.answers import pdf
from chassis.runtime import RuntimeOf
from enrolment.domain.submission import NotFound
from enrolment.printing import receipt, receipt_name
from enrolment.store.request_records import get_request
from enrolment.use_cases.sight import sees_request, sight_of

from .choice import Choice, ChoiceOf
from .desk import Desk, not_found
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


@router.get("/demandes/{request_id}/accuse.pdf")
async def printed_receipt(request_id: UUID, principal: Reader, runtime: RuntimeOf) -> Response:
    """For who asked at the front desk, or cannot print. Raises Problem 404."""
    async with runtime.database.reading() as connection:
        sight = await sight_of(connection, principal)
        if not await sees_request(connection, sight, request_id):
            raise not_found()
        try:
            record = await get_request(connection, request_id)
        except NotFound:
            raise not_found() from None
    html = receipt(record, runtime.shared.authority, runtime.clock.now())
    return pdf(await runtime.documents.render(html), receipt_name(record))
