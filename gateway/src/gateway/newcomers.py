"""Questions about pre-registrations, in the gateway's own name."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from portail_contracts.catalogue import Context

from .answers import JoinedDocument, JoinedDocuments, NewcomerForm, NewcomerReceipt
from .uploads import SECONDS
from .upstream import Form, Upstream, or_none


async def form_of(upstream: Upstream) -> NewcomerForm:
    """How the form is drawn. Asked each time: accounts alone declares the fields."""
    token = await upstream.own_token()
    return await upstream.get(
        Context.ACCOUNTS, "/v1/preregistrations/form", NewcomerForm, token=token
    )


async def submit(
    upstream: Upstream, request_id: UUID, typed: Mapping[str, Any], address: str
) -> NewcomerReceipt:
    """Raises PeerRefused 422 (its `fields` carry what stands beside each), 409 or 429."""
    body = {"request_id": str(request_id), "typed": dict(typed), "address": address}
    return await upstream.post(
        Context.ACCOUNTS, "/v1/preregistrations", body, NewcomerReceipt, token=None
    )


async def joined(upstream: Upstream, request_id: UUID) -> tuple[JoinedDocument, ...]:
    """The documents that wait to leave with the form; none while accounts does not answer."""
    found = await or_none(_joined(upstream, request_id), raising=frozenset())
    return found.items if found is not None else ()


async def _joined(upstream: Upstream, request_id: UUID) -> JoinedDocuments:
    token = await upstream.own_token()
    return await upstream.get(
        Context.ACCOUNTS, _documents(request_id), JoinedDocuments, token=token
    )


async def join(upstream: Upstream, request_id: UUID, form: Form) -> None:
    """Raises PeerRefused 422 (`fields` named as accounts names them), 409 or 429."""
    token = await upstream.own_token()
    await upstream.send(
        Context.ACCOUNTS,
        _documents(request_id),
        form,
        JoinedDocuments,
        token=token,
        seconds=SECONDS,
    )


async def take_back(upstream: Upstream, request_id: UUID, document_id: UUID) -> None:
    path = f"{_documents(request_id)}/{document_id}"
    await upstream.say("DELETE", Context.ACCOUNTS, path, token=None)


def _documents(request_id: UUID) -> str:
    return f"/v1/preregistrations/{request_id}/documents"
