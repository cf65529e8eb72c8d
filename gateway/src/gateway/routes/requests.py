"""« Liste des demandes » and the receipt of each."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from chassis.auth import Audience, allow
from chassis.peers import PeerUnavailable
from chassis.problems import Problem
from chassis.web import french, shapes
from gateway import answers
from gateway.forwarding import Destination, Forwarded, onward_headers
from gateway.gateway import GatewayOf, gateway_of
from gateway.pages.listing import Page, pagination
from gateway.pages.rendering import render
from gateway.sheet_voice import SheetVoiceOf
from gateway.upstream import or_none
from gateway.visit import VisitOf, visit_of
from gateway.voice import VoiceOf
from portail_contracts.catalogue import Context

from .raw import RawRoute

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])
papers = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.FAMILY)]
)


class Perimeter(StrEnum):
    """What the list is about, in the words of the guide (its section 8)."""

    ALL = "tout"
    ACCOUNT = "mon-compte"
    CHILDREN = "mes-enfants"


SCOPES = {Perimeter.ALL: "all", Perimeter.ACCOUNT: "account", Perimeter.CHILDREN: "children"}
LABELS = {
    Perimeter.ALL: "Tout",
    Perimeter.ACCOUNT: "Mon compte",
    Perimeter.CHILDREN: "Mes enfants",
}


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool


@router.get("/demandes")
async def requests(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    perimeter: Annotated[Perimeter, Query(alias="liste")] = Perimeter.ALL,
    history: Annotated[bool, Query(alias="historique")] = False,
    page: Page = 1,
) -> Response:
    found, counts = await asyncio.gather(
        or_none(voice.requests(SCOPES[perimeter], history=history, page=page)), voice.counts()
    )
    here = _address(perimeter, history=history)
    return render(
        gateway,
        visit,
        "requests.html",
        title="Historique des demandes" if history else "Liste des demandes",
        section="requests",
        counts=counts,
        requests=found,
        tabs=[Tab(LABELS[p], _address(p, history=history), p is perimeter) for p in Perimeter],
        pagination=pagination(found, here) if found else None,
        history=history,
        here=here,
        other_url=_address(perimeter, history=not history),
    )


def _address(perimeter: Perimeter, *, history: bool) -> str:
    chosen: dict[str, str] = {}
    if perimeter is not Perimeter.ALL:
        chosen["liste"] = perimeter
    if history:
        chosen["historique"] = "1"
    return "/demandes" + (f"?{urlencode(chosen)}" if chosen else "")


@router.get("/demandes/{request_id}")
async def receipt(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    sheets: SheetVoiceOf,
    request_id: UUID,
    withdrawn: Annotated[bool, Query(alias="retiree")] = False,
    too_late: Annotated[bool, Query(alias="deja")] = False,
) -> Response:
    found, counts = await asyncio.gather(_one(voice.request(request_id)), voice.counts())
    # What a change says is its owner's: the queue knows its labels only.
    change = await or_none(sheets.change(request_id)) if found and found.items else None
    return render(
        gateway,
        visit,
        "request.html",
        title=f"Demande {found.number}" if found else "Demande",
        section="requests",
        counts=counts,
        request=found,
        change=change,
        facts=_facts(found, gateway.clock.now()) if found else [],
        retry_url=f"/demandes/{request_id}",
        withdrawn=withdrawn and found is not None and found.state == "withdrawn",
        too_late=too_late,
    )


async def _one(asked: Awaitable[answers.Request]) -> answers.Request | None:
    """Raises PeerRefused: a request that is not this family's is a page that does not exist."""
    try:
        return await asked
    except PeerUnavailable:
        return None


def _facts(request: answers.Request, now: datetime) -> list[shapes.Fact]:
    """What a receipt must say (CRPA L.112-11): when, and by when an answer is owed."""
    facts = [shapes.Fact("Envoyée", french.sentence(french.moment(request.submitted_at, now)))]
    if request.channel == "front_desk":
        facts.append(shapes.Fact("Faite au guichet par", request.submitted_by))
    if request.decided_at is not None:
        label = "Retirée" if request.state == "withdrawn" else "Décidée"
        facts.append(shapes.Fact(label, french.sentence(french.moment(request.decided_at, now))))
    elif request.due_on is not None:
        facts.append(shapes.Fact("Réponse due avant le", french.day_long(request.due_on)))
    return facts


@papers.get("/demandes/{request_id}/accuse.pdf")
async def printed_receipt(request: Request) -> Forwarded:
    """The receipt on paper, made by enrolment; the page of the request says the same."""
    gateway, visit = gateway_of(request), visit_of(request)
    try:
        request_id = UUID(request.path_params["request_id"])
    except ValueError:
        raise Problem(404, "portail.not-found", "Demande introuvable") from None
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.ENROLMENT),
            path=f"/v1/me/requests/{request_id}/receipt.pdf",
            headers=onward_headers(request, visit.token, visit.form_token),
        ),
    )
