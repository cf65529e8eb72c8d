"""The console's addresses: the queue, one request, the two decisions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal, allow
from chassis.runtime import RuntimeOf
from enrolment.domain.request import Actor, Channel, RequestChanged
from enrolment.domain.submission import NotFound
from enrolment.use_cases.accept_request import accept_request
from enrolment.use_cases.decisions import Decision
from enrolment.use_cases.refuse_request import refuse_request

from .board import QUEUE, Choice
from .desk import Desk, not_found
from .forms import UnusableReason, decision_form, usable_reason
from .pages import PageRoute, PagesOf
from .reading import Pile

router = APIRouter(prefix="/console", route_class=PageRoute, include_in_schema=False)

Reader = Annotated[
    Principal,
    allow(Audience.SECRETARIAT, Audience.CENTRE, Audience.ADMIN, Audience.AUDITOR),
]
Decider = Annotated[Principal, allow(Audience.SECRETARIAT)]

Kind = Annotated[str | None, Query(alias="genre", pattern=r"^[a-z]+\.[a-z]+$", max_length=40)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
State = Annotated[Pile, Query(alias="etat")]


@router.get("")
@router.get("/")
async def home(_: Reader) -> Response:
    return RedirectResponse(QUEUE, 303)


@router.get("/demandes")
async def queue(
    request: Request,
    principal: Reader,
    runtime: RuntimeOf,
    pages: PagesOf,
    etat: State = Pile.WAITING,
    genre: Kind = None,
    page: PageNumber = 1,
    demande: UUID | None = None,
    fait: UUID | None = None,
) -> Response:
    desk = Desk(request, runtime, pages, principal, Choice(etat, genre, page))
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


@router.post("/demandes/{request_id}/accepter")
async def accept(
    request_id: UUID,
    request: Request,
    principal: Decider,
    runtime: RuntimeOf,
    pages: PagesOf,
    etat: State = Pile.WAITING,
    genre: Kind = None,
    page: PageNumber = 1,
) -> Response:
    desk = Desk(request, runtime, pages, principal, Choice(etat, genre, page))
    form = await decision_form(request)
    try:
        async with runtime.database.transaction() as transaction:
            decision = Decision(request_id, form.version, _actor(principal))
            await accept_request(transaction, decision, now=runtime.clock.now())
    except NotFound:
        raise not_found() from None
    except RequestChanged as changed:
        return await desk.sheet(request_id, warning=str(changed), status=409)
    return RedirectResponse(desk.choice.url(fait=str(request_id)), 303)


@router.post("/demandes/{request_id}/refuser")
async def refuse(
    request_id: UUID,
    request: Request,
    principal: Decider,
    runtime: RuntimeOf,
    pages: PagesOf,
    etat: State = Pile.WAITING,
    genre: Kind = None,
    page: PageNumber = 1,
) -> Response:
    desk = Desk(request, runtime, pages, principal, Choice(etat, genre, page))
    form = await decision_form(request)
    try:
        reason = usable_reason(form.typed_reason)
        async with runtime.database.transaction() as transaction:
            decision = Decision(request_id, form.version, _actor(principal))
            await refuse_request(transaction, decision, reason, now=runtime.clock.now())
    except UnusableReason as wrong:
        return await desk.refusal_again(request_id, form.typed_reason, str(wrong))
    except NotFound:
        raise not_found() from None
    except RequestChanged as changed:
        return await desk.sheet(
            request_id, warning=str(changed), unsaved=form.typed_reason, status=409
        )
    return RedirectResponse(desk.choice.url(fait=str(request_id)), 303)


def _actor(principal: Principal) -> Actor:
    return Actor(principal.id, principal.name, Channel.CONSOLE)
