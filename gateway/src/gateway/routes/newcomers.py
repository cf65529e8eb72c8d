"""« Pré-inscription d’une nouvelle famille »: a form for anybody, a numbered receipt, paper.

Works without a script: another child is another row after a round trip, and nothing typed is lost.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

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
from gateway.forwarding import Destination, Forwarded
from gateway.gateway import Gateway, GatewayOf, gateway_of
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
LONGEST_VALUE = 2000
MOST_FIELDS = 140
NO_ANSWER = (
    "Le service n’a pas répondu : votre demande n’est peut-être pas enregistrée. "
    "Renvoyez-la : elle ne sera comptée qu’une fois."
)
Token = Annotated[str, Query(alias="recu", max_length=4000)]


@router.get(URL)
async def form(gateway: GatewayOf, visit: VisitOf) -> Response:
    return await _page(gateway, visit, {}, new_id())


@router.post(URL)
async def send(request: Request, gateway: GatewayOf, visit: VisitOf) -> Response:
    sent = await request.form(max_fields=MOST_FIELDS, max_files=0)
    typed, request_id = _typed(sent), _request_id(sent)
    children = _count(sent.get("children"))
    if "add-child" in sent:
        return await _page(gateway, visit, typed, request_id, children=children + 1)
    address = request.client.host if request.client else ""
    try:
        receipt = await newcomers.submit(gateway.upstream, request_id, typed, address)
    except PeerUnavailable as error:
        log.warning("newcomer.unavailable", cause=str(error))
        # The form is drawn by accounts too: when it answers that much, the words are kept.
        return await _page(
            gateway, visit, typed, request_id, children=children, notice=NO_ANSWER, status=503
        )
    except PeerRefused as refused:
        errors, notice = _explained(refused, gateway)
        return await _page(
            gateway,
            visit,
            typed,
            request_id,
            children=children,
            errors=errors,
            notice=notice,
            status=refused.status,
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


def _typed(sent: FormData) -> dict[str, str]:
    """What was typed by path; what is not text, or is none of ours, is left out."""
    return {
        name: value[:LONGEST_VALUE].replace("\r\n", "\n")
        for name, value in sent.multi_items()
        if isinstance(value, str) and (name == "consent" or "." in name) and len(name) <= 40
    }


def _request_id(sent: FormData) -> UUID:
    try:
        return UUID(str(sent.get("request_id")))
    except ValueError:
        return new_id()


def _count(value: object) -> int:
    text = str(value)
    return int(text) if text in ("1", "2", "3", "4", "5", "6") else 1


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
    typed: Mapping[str, str],
    request_id: UUID,
    *,
    children: int = 1,
    errors: list[shapes.FieldError] | None = None,
    notice: str = "",
    status: int = 200,
) -> Response:
    visit.prepare_form(gateway.clock)
    drawn, centres = await asyncio.gather(
        newcomers.form_of(gateway.upstream), newcomers.centres_of(gateway.upstream)
    )
    return render(
        gateway,
        visit,
        "newcomer.html",
        title="Pré-inscription d’une nouvelle famille",
        status=status,
        url=URL,
        form=drawn,
        centres=_choices(centres, typed.get("wish.centre", "")),
        children=min(children, drawn.most_children),
        typed=typed,
        errors=[_placed(error, drawn) for error in errors or []],
        wrong={error.field: error.message for error in errors or []},
        request_id=request_id,
        notice=notice,
    )


def _choices(centres: Sequence[str], typed: str) -> list[dict[str, str]]:
    """With what was typed while the list was away, which must not be lost now that it is back."""
    kept = [typed] if typed and centres and typed not in centres else []
    return [{"value": name, "label": name} for name in (*centres, *kept)]


SECTIONS = {"guardian": "responsable", "child": "enfant", "wish": "souhait"}


def _placed(error: shapes.FieldError, drawn: answers.NewcomerForm) -> shapes.FieldError:
    """« Prénom (enfant 2) : … » in the summary, where the label does not stand beside."""
    section, _, rest = error.field.partition(".")
    number, _, name = rest.rpartition(".")
    declared = {"guardian": drawn.guardian, "child": drawn.child, "wish": drawn.wish}
    label = next((one.label for one in declared.get(section, ()) if one.name == name), None)
    if label is None:
        return error
    where = " ".join(filter(None, [SECTIONS[section], number]))
    return shapes.FieldError(error.field, f"{label} ({where}) : {error.message}")
