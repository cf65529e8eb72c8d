"""« Documents »: what the family has given, until when it holds, and giving one more."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.uploads import file_in, read_form, texts_in
from chassis.web import french, shapes
from gateway import answers
from gateway.forwarding import Destination, Forwarded, onward_headers
from gateway.gateway import Gateway, GatewayOf, gateway_of
from gateway.pages import documents as words
from gateway.pages.rendering import render
from gateway.upstream import Form, or_none
from gateway.vault_voice import VaultOf
from gateway.visit import Visit, VisitOf, visit_of
from gateway.voice import Voice, VoiceOf
from portail_contracts.catalogue import Context

from .raw import RawRoute

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])
files = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.FAMILY)]
)

NEW = "/documents/nouveau"
FIELDS = ("document_id", "kind", "child_id", "dated_on", "expires_on")
NO_ANSWER = (
    "Le service n’a pas répondu : votre document n’est peut-être pas arrivé. "
    "Renvoyez-le : il ne sera compté qu’une fois."
)


@router.get("/documents")
async def documents(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    vault: VaultOf,
    sent: Annotated[bool, Query(alias="envoye")] = False,
) -> Response:
    found, family, counts = await asyncio.gather(
        or_none(vault.documents()), or_none(voice.family()), voice.counts()
    )
    groups = words.grouped(found.items, _children(family)) if found else None
    return render(
        gateway,
        visit,
        "documents.html",
        title="Documents",
        section="account",
        counts=counts,
        groups=groups,
        today=local_date(gateway.clock.now()),
        sent=sent,
    )


@router.get(NEW)
async def form(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    child_id: Annotated[str, Query(alias="enfant", max_length=40)] = "",
    kind: Annotated[str, Query(alias="type", max_length=40)] = "",
) -> Response:
    filled = {"child_id": child_id, "kind": kind, "document_id": str(new_id())}
    return await _form(gateway, visit, voice, filled)


@router.post(NEW)
async def send(
    request: Request, gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, vault: VaultOf
) -> Response:
    read = await read_form(request)
    typed = {name: value for name, value in texts_in(read).items() if name in FIELDS}
    name, content = await file_in(read, "file")
    typed["document_id"] = typed.get("document_id") or str(new_id())
    try:
        await vault.send_document(Form(typed, name, content))
    except PeerRefused as refused:
        return await _refused(gateway, visit, voice, typed, refused)
    except PeerUnavailable:
        return await _form(gateway, visit, voice, typed, {}, NO_ANSWER, 503)
    return RedirectResponse("/documents?envoye=1", 303)


@files.get("/documents/{document_id}")
async def save(request: Request) -> Forwarded:
    """The file itself, to be saved; accounts notes that it was opened."""
    gateway, visit = gateway_of(request), visit_of(request)
    document_id = _identifier(request.path_params["document_id"])
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.ACCOUNTS),
            path=f"/v1/me/documents/{document_id}/content",
            headers=onward_headers(request, visit.token, visit.form_token),
        ),
    )


@dataclass(frozen=True)
class _Choice:
    value: str
    label: str


async def _refused(
    gateway: Gateway, visit: Visit, voice: Voice, typed: Mapping[str, str], refused: PeerRefused
) -> Response:
    """Raises PeerRefused again for what the form cannot mend."""
    if refused.status not in (404, 409, 413, 422):
        raise refused
    wrong = words.errors_by_field(refused.problem)
    said = str(refused.problem.get("detail") or refused.problem.get("title"))
    notice = None if wrong else french.narrow_spaces(said)
    return await _form(gateway, visit, voice, typed, wrong, notice, refused.status)


async def _form(
    gateway: Gateway,
    visit: Visit,
    voice: Voice,
    typed: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    family, counts = await asyncio.gather(or_none(voice.family()), voice.counts())
    return render(
        gateway,
        visit,
        "document_form.html",
        title="Déposer un document",
        section="account",
        status=status,
        counts=counts,
        typed=typed,
        kinds=[_Choice(code, label) for code, label in words.KINDS.items()],
        children=[_Choice(str(one.child_id), one.given_name) for one in _children(family)],
        wrong=wrong or {},
        errors=[shapes.FieldError(name, message) for name, message in (wrong or {}).items()],
        notice=notice,
    )


def _children(family: answers.Family | None) -> tuple[answers.Child, ...]:
    return family.children if family else ()


def _identifier(text: str) -> str:
    """Only an identifier goes into the address that we ask."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(UUID(int=0))
