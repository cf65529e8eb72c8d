"""Who follows a request: taking it, giving it to a colleague, putting it back."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from chassis.database import Transaction
from enrolment.domain.submission import NotFound
from enrolment.use_cases.assign_request import (
    AlreadyHeld,
    Seen,
    give_request,
    release_request,
    take_request,
)

from .deciding import DecidingDesk
from .desk import Desk, not_found
from .forms import broken, form_fields, identifier
from .pages import PageRoute
from .readers import in_console

router = APIRouter(route_class=PageRoute)

Work = Callable[[Transaction], Awaitable[object]]


@router.post("/demandes/{request_id}/prendre")
async def take(request_id: UUID, desk: DecidingDesk) -> Response:
    seen = Seen(request_id, identifier(await form_fields(desk.request), "holder"))
    now, actor = desk.runtime.clock.now(), in_console(desk.principal)
    return await _do(desk, seen, lambda t: take_request(t, seen, actor, now=now))


@router.post("/demandes/{request_id}/rendre")
async def release(request_id: UUID, desk: DecidingDesk) -> Response:
    seen = Seen(request_id, identifier(await form_fields(desk.request), "holder"))
    now, actor = desk.runtime.clock.now(), in_console(desk.principal)
    return await _do(desk, seen, lambda t: release_request(t, seen, actor, now=now))


@router.post("/demandes/{request_id}/confier")
async def give(request_id: UUID, desk: DecidingDesk) -> Response:
    """To a colleague. Raises Problem 422 when none was chosen."""
    fields = await form_fields(desk.request)
    to = identifier(fields, "colleague")
    if to is None:
        raise broken("Choisissez à qui confier la demande.")
    seen = Seen(request_id, identifier(fields, "holder"))
    now, actor = desk.runtime.clock.now(), in_console(desk.principal)
    return await _do(desk, seen, lambda t: give_request(t, seen, to, actor, now=now))


async def _do(desk: Desk, seen: Seen, work: Work) -> Response:
    """Back to the list with the request on show, or the request with who was faster."""
    try:
        async with desk.runtime.database.transaction() as transaction:
            await work(transaction)
    except NotFound:
        raise not_found() from None
    except AlreadyHeld as held:
        return await desk.sheet(seen.request_id, warning=_faster(held), status=409)
    return RedirectResponse(desk.choice.url(demande=str(seen.request_id)), 303)


def _faster(held: AlreadyHeld) -> str:
    if held.holder is None:
        return "Cette demande a été rendue entre-temps\u00a0: personne ne la suit plus."
    return f"Cette demande est suivie par {held.holder} depuis que vous l’avez ouverte."
