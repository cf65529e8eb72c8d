"""« Pré-inscription d’une nouvelle famille »: a form for anybody, a numbered receipt, paper.

Works without a script: another child is another row after a round trip, and nothing typed is lost.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from chassis.auth import Audience, allow
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.problems import Problem
from chassis.telemetry import logger
from chassis.web import shapes
from gateway import answers, newcomers
from gateway.centres import centres_of
from gateway.filling import Filling, address_of, join_chosen, read_filling, taken_back
from gateway.forwarding import Destination, Forwarded
from gateway.gateway import Gateway, GatewayOf, gateway_of
from gateway.pages import documents, newcomer
from gateway.pages.rendering import render
from gateway.visit import Visit, VisitOf
from gateway.waiting import retry_at, too_many
from portail_contracts.catalogue import Context

from .raw import RawRoute

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.ANYONE)])
papers = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.ANYONE)]
)
log = logger(__name__)

URL = "/preinscription"
PURPOSE = "newcomer-receipt"
KEPT_FOR = timedelta(hours=2)
"""How long the receipt's address shows what was sent; the computer may be a shared one."""
NO_ANSWER = (
    "Le service n’a pas répondu : votre demande n’est peut-être pas enregistrée. "
    "Renvoyez-la : elle ne sera comptée qu’une fois."
)
Token = Annotated[str, Query(alias="recu", max_length=4000)]


@router.get(URL)
async def form(gateway: GatewayOf, visit: VisitOf) -> Response:
    return await _page(gateway, visit, Filling(FormData(), new_id()))


@router.post(URL)
async def send(request: Request, gateway: GatewayOf, visit: VisitOf) -> Response:
    filling = await read_filling(request)
    try:
        if (document_id := taken_back(filling.sent)) is not None:
            await newcomers.take_back(gateway.upstream, filling.request_id, document_id)
            return await _page(gateway, visit, filling)
        await join_chosen(gateway, request, filling)
        if "add-document" in filling.sent:
            filling.forget_document()
            return await _page(gateway, visit, filling)
        if "add-child" in filling.sent:
            filling.children += 1
            return await _page(gateway, visit, filling)
        receipt = await newcomers.submit(
            gateway.upstream, filling.request_id, filling.words, address_of(request)
        )
    except PeerUnavailable as error:
        log.warning("newcomer.unavailable", cause=str(error))
        # The form is drawn by accounts too: when it answers that much, the words are kept.
        return await _page(gateway, visit, filling, notice=NO_ANSWER, status=503)
    except PeerRefused as refused:
        errors, notice = _explained(refused, gateway)
        return await _page(
            gateway, visit, filling, errors=errors, notice=notice, status=refused.status
        )
    return RedirectResponse(f"{URL}/recue?recu={_sealed(gateway, receipt)}", 303)


@router.get(f"{URL}/recue")
async def received(gateway: GatewayOf, visit: VisitOf, token: Token = "") -> Response:
    receipt = _opened(gateway, token)
    return render(
        gateway,
        visit,
        "newcomer_received.html",
        title="Votre pré-inscription est reçue",
        receipt=receipt,
        pdf_url=f"{URL}/fiche.pdf?recu={token}",
    )


@papers.get(f"{URL}/imprimer.pdf")
async def blank(request: Request) -> Forwarded:
    """The form on paper, to be filled by hand."""
    return await _paper(gateway_of(request), "blank-form.pdf")


@papers.get(f"{URL}/fiche.pdf")
async def filled(request: Request) -> Forwarded:
    """What was sent, for whoever holds the receipt's address."""
    gateway = gateway_of(request)
    receipt = _opened(gateway, request.query_params.get("recu", ""))
    return await _paper(gateway, f"{receipt.request_id}/form.pdf")


async def _paper(gateway: Gateway, name: str) -> Forwarded:
    token = await gateway.upstream.own_token()
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.ACCOUNTS),
            path=f"/v1/preregistrations/{name}",
            headers=(("authorization", f"Bearer {token}"),),
            with_query=False,
        ),
    )


def _explained(refused: PeerRefused, gateway: Gateway) -> tuple[list[shapes.FieldError], str]:
    """Raises PeerRefused again for what the family can do nothing about."""
    if refused.status == 429:
        wait = retry_at(refused.problem.get("retry_after"), gateway.clock.now())
        return [], too_many(wait)
    listed = refused.problem.get("fields")
    if refused.status != 422 or not isinstance(listed, list):
        raise refused
    told = [
        shapes.FieldError(str(one["field"]), str(one["message"]))
        for one in listed
        if "message" in one
    ]
    if not told:
        raise refused
    return told, ""


def _sealed(gateway: Gateway, receipt: answers.NewcomerReceipt) -> str:
    until = (gateway.clock.now() + KEPT_FOR).timestamp()
    content = {"receipt": receipt.model_dump(mode="json"), "until": until}
    return gateway.seal.close(PURPOSE, content)


def _opened(gateway: Gateway, token: str) -> answers.NewcomerReceipt:
    """Raises Problem 404 for what we did not seal, and for what is too old."""
    content = gateway.seal.open(PURPOSE, token)
    if content is None or content["until"] <= gateway.clock.now().timestamp():
        raise Problem(
            404,
            "gateway.receipt-over",
            "Cet accusé de réception n’est plus affiché",
            "Par discrétion il l’est deux heures. Votre demande, elle, est bien gardée.",
        )
    return answers.NewcomerReceipt.model_validate(content["receipt"])


async def _page(
    gateway: Gateway,
    visit: Visit,
    filling: Filling,
    *,
    errors: Sequence[shapes.FieldError] = (),
    notice: str = "",
    status: int = 200,
) -> Response:
    visit.prepare_form(gateway.clock)
    typed, upstream = filling.typed, gateway.upstream
    drawn, centres, joined = await asyncio.gather(
        newcomers.form_of(upstream),
        centres_of(upstream),
        newcomers.joined(upstream, filling.request_id),
    )
    children = min(filling.children, drawn.most_children)
    return render(
        gateway,
        visit,
        "newcomer.html",
        title="Pré-inscription d’une nouvelle famille",
        status=status,
        url=URL,
        form=drawn,
        centres=newcomer.centre_options(
            tuple(one.name for one in centres), typed.get("wish.centre", "")
        ),
        children=children,
        child_options=newcomer.child_options(typed, children),
        kind_options=newcomer.kind_options(drawn),
        joined=[(one, newcomer.child_name(typed, one.child)) for one in joined],
        weight=documents.weight,
        document_id=typed.get("document.document_id") or new_id(),
        typed=typed,
        errors=[newcomer.placed(error, drawn) for error in errors],
        wrong={error.field: error.message for error in errors},
        request_id=filling.request_id,
        notice=notice,
    )
