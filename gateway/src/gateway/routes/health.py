"""« Données sanitaires » of one child: read on a page of their own, so that opening is meant."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.uploads import texts_in
from chassis.web import french, shapes
from gateway.gateway import Gateway, GatewayOf
from gateway.pages import health_form
from gateway.pages.rendering import render
from gateway.upstream import NOT_THEIRS, or_none
from gateway.vault_voice import VaultOf
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf

from .children import child_of

TITLE = "Données sanitaires"
NO_ANSWER = (
    "Le service n’a pas répondu : votre demande n’est peut-être pas enregistrée. "
    "Renvoyez-la : elle ne sera comptée qu’une fois."
)
MOST_FIELDS = 600

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])


Sent = Annotated[bool, Query(alias="envoyee")]


@dataclass(frozen=True)
class Filled:
    """A form as it stands: on which version, what was typed, which pending change it corrects."""

    child_id: UUID
    version: int
    typed: health_form.Typed
    replaces: UUID | None = None
    request_id: UUID = field(default_factory=new_id)

    @property
    def body(self) -> dict[str, Any]:
        return {
            "request_id": str(self.request_id),
            "version": self.version,
            "record": health_form.as_body(self.typed),
            "replaces": str(self.replaces) if self.replaces else None,
        }


@router.get("/enfants/{child_id}/sante")
async def health(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    vault: VaultOf,
    child_id: UUID,
    sent: Sent = False,
) -> Response:
    found, family, counts = await asyncio.gather(
        or_none(vault.health(child_id), NOT_THEIRS), or_none(voice.family()), voice.counts()
    )
    child = child_of(family, child_id) if family else None
    return render(
        gateway,
        visit,
        "health.html",
        title=f"Données sanitaires {french.of(child.given_name)}" if child else TITLE,
        section="children",
        counts=counts,
        child_id=child_id,
        health=found,
        today=local_date(gateway.clock.now()),
        sent=sent,
    )


@router.get("/enfants/{child_id}/sante/modifier")
async def form(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, vault: VaultOf, child_id: UUID
) -> Response:
    """What waits for an answer is what the form corrects: it would be lost otherwise."""
    found = await vault.health(child_id)
    shown = found.pending.record if found.pending else found.record
    replaces = found.pending.request_id if found.pending else None
    filled = Filled(child_id, found.version, health_form.typed_from(shown), replaces)
    return await _form(gateway, visit, voice, filled)


@router.post("/enfants/{child_id}/sante/modifier")
async def propose(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    vault: VaultOf,
    child_id: UUID,
) -> Response:
    fields = texts_in(await request.form(max_fields=MOST_FIELDS))
    filled = Filled(
        child_id,
        _whole(fields.get("version")),
        health_form.typed_in(fields),
        _identifier(fields.get("replaces")),
        _identifier(fields.get("request_id")) or new_id(),
    )
    try:
        await vault.propose_health(child_id, filled.body)
    except PeerRefused as refused:
        return await _refused(gateway, visit, voice, filled, refused)
    except PeerUnavailable:
        return await _form(gateway, visit, voice, filled, {}, NO_ANSWER, 503)
    return RedirectResponse(f"/enfants/{child_id}/sante?envoyee=1", 303)


async def _refused(
    gateway: Gateway, visit: Visit, voice: Voice, filled: Filled, refused: PeerRefused
) -> Response:
    """Raises PeerRefused again for what the form cannot mend."""
    if refused.status not in (409, 422):
        raise refused
    wrong = health_form.errors_by_field(refused.problem)
    said = refused.problem.get("detail") or refused.problem.get("title")
    notice = None if wrong else french.narrow_spaces(str(said))
    return await _form(gateway, visit, voice, filled, wrong, notice, refused.status)


async def _form(
    gateway: Gateway,
    visit: Visit,
    voice: Voice,
    filled: Filled,
    wrong: Mapping[str, str] | None = None,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    family, counts = await asyncio.gather(or_none(voice.family()), voice.counts())
    child = child_of(family, filled.child_id) if family else None
    return render(
        gateway,
        visit,
        "health_form.html",
        title="Modifier les données sanitaires",
        section="children",
        status=status,
        counts=counts,
        child=child,
        filled=filled,
        lists=[(rows, health_form.shown_rows(rows, filled.typed)) for rows in health_form.ROWS],
        plan_columns=health_form.CARE_PLAN,
        plan=filled.typed[health_form.PLAN] or {},
        wrong=wrong or {},
        errors=[shapes.FieldError(name, message) for name, message in (wrong or {}).items()],
        notice=notice,
    )


def _whole(text: str | None) -> int:
    """The version that the form was filled on; a broken one meets no record."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0


def _identifier(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
