"""A child's photo: the one that staff see, the one that waits, and sending another."""

import asyncio
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.uploads import file_in, read_form, texts_in
from chassis.web import french
from gateway.forwarding import Destination, Forwarded, onward_headers
from gateway.gateway import Gateway, GatewayOf, gateway_of
from gateway.pages import documents as words
from gateway.pages.rendering import render
from gateway.upstream import NOT_THEIRS, Form, or_none
from gateway.vault_voice import VaultOf, VaultVoice
from gateway.visit import Visit, VisitOf, visit_of
from gateway.voice import Voice, VoiceOf
from portail_contracts.catalogue import Context

from .children import child_of
from .documents import NO_ANSWER
from .raw import RawRoute

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])
pictures = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.FAMILY)]
)


@router.get("/enfants/{child_id}/photo")
async def photo(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    vault: VaultOf,
    child_id: UUID,
    sent: Annotated[bool, Query(alias="envoyee")] = False,
) -> Response:
    page = _Page(gateway, visit, voice, vault, child_id)
    return await page.shown(sent=sent)


@router.post("/enfants/{child_id}/photo")
async def send(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    vault: VaultOf,
    child_id: UUID,
) -> Response:
    form = await read_form(request)
    name, content = await file_in(form, "file")
    photo_id = texts_in(form).get("photo_id") or str(new_id())
    page = _Page(gateway, visit, voice, vault, child_id)
    try:
        await vault.send_photo(child_id, Form({"photo_id": photo_id}, name, content))
    except PeerRefused as refused:
        if refused.status not in (409, 413, 422):
            raise
        wrong = words.errors_by_field(refused.problem)
        said = str(refused.problem.get("detail") or refused.problem.get("title"))
        return await page.shown(wrong, None if wrong else said, refused.status)
    except PeerUnavailable:
        return await page.shown(notice=NO_ANSWER, status=503)
    return RedirectResponse(f"/enfants/{child_id}/photo?envoyee=1", 303)


@pictures.get("/enfants/{child_id}/photo.jpg")
async def picture(request: Request) -> Forwarded:
    """The picture, made anew by accounts; `?state=pending` for the one that waits."""
    gateway, visit = gateway_of(request), visit_of(request)
    try:
        child_id = UUID(request.path_params["child_id"])
    except ValueError:
        child_id = UUID(int=0)
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.ACCOUNTS),
            path=f"/v1/me/children/{child_id}/photo",
            headers=onward_headers(request, visit.token, visit.form_token),
        ),
    )


class _Page:
    """The page of one child's photo, whatever was just done on it."""

    def __init__(
        self, gateway: Gateway, visit: Visit, voice: Voice, vault: VaultVoice, child_id: UUID
    ) -> None:
        self._gateway, self._visit, self._voice = gateway, visit, voice
        self._vault, self._child_id = vault, child_id

    async def shown(
        self,
        wrong: Mapping[str, str] | None = None,
        notice: str | None = None,
        status: int = 200,
        *,
        sent: bool = False,
    ) -> Response:
        photos, family, counts = await asyncio.gather(
            or_none(self._vault.photos(self._child_id), NOT_THEIRS),
            or_none(self._voice.family()),
            self._voice.counts(),
        )
        child = child_of(family, self._child_id) if family else None
        return render(
            self._gateway,
            self._visit,
            "photo.html",
            title=f"Photo {french.of(child.given_name)}" if child else "Photo",
            section="children",
            status=status,
            counts=counts,
            child_id=self._child_id,
            child=child,
            photos=photos,
            photo_id=new_id(),
            wrong=wrong or {},
            notice=french.narrow_spaces(notice) if notice else None,
            sent=sent,
        )
