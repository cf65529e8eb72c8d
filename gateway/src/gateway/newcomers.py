"""Questions about pre-registrations, in the gateway's own name."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from portail_contracts.catalogue import Context

from .answers import CentreNames, NewcomerForm, NewcomerReceipt
from .upstream import Upstream, or_none


async def form_of(upstream: Upstream) -> NewcomerForm:
    """How the form is drawn. Asked each time: accounts alone declares the fields."""
    token = await upstream.own_token()
    return await upstream.get(
        Context.ACCOUNTS, "/v1/preregistrations/form", NewcomerForm, token=token
    )


async def centres_of(upstream: Upstream) -> tuple[str, ...]:
    """The names to choose among; none when enrolment does not answer in time: then one is typed."""
    found = await or_none(_centres(upstream), raising=frozenset())
    return tuple(one.name for one in found.items) if found is not None else ()


async def _centres(upstream: Upstream) -> CentreNames:
    token = await upstream.own_token()
    return await upstream.get(Context.ENROLMENT, "/v1/internal/centres", CentreNames, token=token)


async def submit(
    upstream: Upstream, request_id: UUID, typed: Mapping[str, Any], address: str
) -> NewcomerReceipt:
    """Raises PeerRefused 422 (its `fields` carry what stands beside each), 409 or 429."""
    body = {"request_id": str(request_id), "typed": dict(typed), "address": address}
    return await upstream.post(
        Context.ACCOUNTS, "/v1/preregistrations", body, NewcomerReceipt, token=None
    )
