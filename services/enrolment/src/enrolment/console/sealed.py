"""What is sealed in a change (health data, a document, a photo): opened on purpose, at its owner's.

Nothing of it is kept here; accounts checks who asks, and notes the opening for the family.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import aiohttp
from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.auth import forbidden
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from enrolment.store.request_lists import count_pending
from portail_contracts.catalogue import Context

from .asking import asking
from .choice import QUEUE
from .desk import not_found
from .pages import PageRoute, PagesOf
from .readers import Reader

router = APIRouter(route_class=PageRoute)

OTHER_CENTRE = "accounts.other-centre"
SECONDS = aiohttp.ClientTimeout(total=20)
PASSED_ON = (
    "Content-Type",
    "Content-Disposition",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Cache-Control",
)


@router.get("/demandes/{request_id}/sante")
async def health(
    request_id: UUID, request: Request, principal: Reader, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    """Before and after, section by section. Raises Problem 403, 404 or 503."""
    asked = asking(request, runtime.peers)
    try:
        found = await asked.get(Context.ACCOUNTS, f"/v1/staff/changes/{request_id}/health")
    except PeerRefused as refused:
        raise forbidden() if refused.status == 403 else not_found() from None
    except PeerUnavailable:
        raise away() from None
    async with runtime.database.reading() as connection:
        pending = await count_pending(connection)
    after = found["after"]
    return pages.html(
        "sante.html",
        principal,
        title="Données sanitaires de la demande",
        pending=pending,
        pairs=list(zip(found["before"], after, strict=True)) if after else None,
        sections=found["before"],
        back=f"{QUEUE}/{request_id}",
    )


@router.get("/demandes/{request_id}/fichier")
async def file(
    request_id: UUID, request: Request, principal: Reader, runtime: RuntimeOf
) -> Response:
    """The document or the photo, as accounts gives it. Raises Problem 403, 404 or 503."""
    return await passed_on(request, runtime, f"/v1/staff/changes/{request_id}/file")


@router.get("/demandes/{request_id}/documents/{document_id}")
async def joined_document(
    request_id: UUID, document_id: UUID, request: Request, principal: Reader, runtime: RuntimeOf
) -> Response:
    """One that came with a pre-registration. Raises Problem 403, 404 or 503."""
    path = f"/v1/staff/changes/{request_id}/documents/{document_id}"
    return await passed_on(request, runtime, path)


async def passed_on(request: Request, runtime: Runtime, path: str) -> Response:
    """A file of accounts, in the reader's own name. Raises Problem 403, 404 or 503."""
    peers = runtime.peers
    address = f"{peers.address(Context.ACCOUNTS)}{path}"
    headers = {"Authorization": request.headers.get("authorization", "")}
    try:
        async with peers.session.get(address, headers=headers, timeout=SECONDS) as answer:
            content = await answer.read()
    except (aiohttp.ClientError, TimeoutError):
        raise away() from None
    if answer.status >= 500:
        raise away()
    if answer.status != 200:
        raise refusal(answer.status, content)
    kept = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
    return Response(content, headers=kept)


def refusal(status: int, content: bytes | Mapping[str, Any]) -> Problem:
    """What accounts said no to, as a page of ours; `content` is its problem."""
    if status != 403:
        return not_found()
    with suppress(ValueError):
        problem = json.loads(content) if isinstance(content, bytes) else content
        if isinstance(problem, Mapping) and str(problem.get("type")).endswith(OTHER_CENTRE):
            return Problem(
                403,
                "enrolment.other-centre",
                "Cet enfant n’est pas inscrit dans vos centres",
                "L’administration peut modifier les centres de votre équipe.",
            )
    return forbidden()


def away() -> Problem:
    return Problem(
        503,
        "enrolment.accounts-unavailable",
        "Le contenu est indisponible pour le moment",
        "Le service des dossiers ne répond pas : réessayez avant de décider.",
    )
