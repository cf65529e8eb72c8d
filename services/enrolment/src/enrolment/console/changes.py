"""A change to a family's file as staff decide it: its content is asked from its owner each time."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from chassis.peers import PeerRefused, Peers, PeerUnavailable
from chassis.web.shapes import Changed, Changes, Detail
from enrolment.domain.request import LineOutcome
from enrolment.store.request_items import RequestItem
from enrolment.store.request_records import RequestRecord
from portail_contracts.catalogue import Context

from .family_links import files_alike
from .forms import Fields, UnusableReason, one, usable_reason
from .openings import opening, opening_of_item

PATIENCE = 1.5
"""Seconds: nobody should decide what they cannot read, nor wait for it."""

AWAY = (
    "Le contenu est indisponible pour le moment (le service des dossiers ne répond pas)\u00a0: "
    "réessayez avant de décider."
)
CONFLICT = "Le dossier a changé depuis la demande\u00a0: comparez les trois valeurs."
REASON_NEEDED = "Écrivez pourquoi chaque élément décoché est refusé."

_OUTCOMES = {
    LineOutcome.ACCEPTED: "accepté",
    LineOutcome.REFUSED: "refusé",
    LineOutcome.WITHDRAWN: "retiré",
}


@dataclass(frozen=True)
class Ticked:
    """What the form of an acceptance says of each item."""

    refused: Mapping[UUID, str] = field(default_factory=dict)
    """By item: why, as typed."""

    missing: frozenset[UUID] = frozenset()
    """Refused without a usable reason."""


def ticked(fields: Fields) -> Ticked:
    """Items that the form lists and that are not ticked are refused."""
    listed = [_uuid(value) for value in fields.get("item", [])]
    accepted = {_uuid(value) for value in fields.get("accepted", [])}
    refused = {item: one(fields, f"why-{item}") for item in listed if item and item not in accepted}
    return Ticked(refused, frozenset(item for item, why in refused.items() if not _usable(why)))


async def with_content(
    detail: Detail, record: RequestRecord, peers: Peers, token: str, typed: Ticked | None = None
) -> Detail:
    """The pane with each item before and after; nothing is decided while the content is away."""
    if not record.items:
        return detail
    content = await _content(peers, token, record.request_id)
    found: Mapping[str, Any] = content or {}
    items = [
        _changed(record.request_id, item, found.get(str(item.item_id)), typed)
        for item in record.items
    ]
    is_conflict = any(item.found is not None for item in items)
    note = AWAY if content is None else CONFLICT if is_conflict else None
    can_decide = detail.can_decide and content is not None
    changes = Changes(items, note, *opening(record.kind, record.request_id))
    return replace(detail, can_decide=can_decide, changes=changes)


async def _content(
    peers: Peers, token: str, request_id: UUID
) -> Mapping[str, Mapping[str, Any]] | None:
    """By item; None when accounts cannot tell."""
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await peers.get(
                Context.ACCOUNTS, f"/v1/staff/changes/{request_id}", token=token
            )
        return {str(item["item_id"]): item for item in answer["items"]}
    except (PeerRefused, PeerUnavailable, TimeoutError, KeyError, TypeError):
        return None


def _changed(
    request_id: UUID, item: RequestItem, content: Mapping[str, Any] | None, typed: Ticked | None
) -> Changed:
    said = content or {}
    refused = typed.refused if typed else {}
    return Changed(
        item_id=str(item.item_id),
        label=item.label,
        before=said.get("old"),
        after=said.get("new"),
        found=said.get("found") if item.outcome is LineOutcome.REQUESTED else None,
        outcome=_OUTCOMES.get(item.outcome),
        reason=refused.get(item.item_id, item.reason or ""),
        is_accepted=item.item_id not in refused,
        error=REASON_NEEDED if typed and item.item_id in typed.missing else None,
        files=files_alike(said.get("alike")),
        open_url=opening_of_item(request_id, said.get("path"), item.outcome),
    )


def labels(items: Sequence[RequestItem]) -> list[str]:
    return [item.label for item in items]


def _usable(why: str) -> bool:
    try:
        return bool(usable_reason(why))
    except UnusableReason:
        return False


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
