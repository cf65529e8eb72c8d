"""« Mon compte »: the family's file, each section edited in the place of what it shows."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from gateway import answers
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.calendar import age_of
from gateway.pages.editing import Editing, begin
from gateway.pages.rendering import render
from gateway.pages.wording import payers_of
from gateway.sheet_voice import SheetVoice, SheetVoiceOf
from gateway.upstream import or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf

from .changing import Sending, send

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])

SectionKey = Annotated[str | None, Query(alias="modifier", max_length=80)]
Corrects = Annotated[UUID | None, Query(alias="corriger")]
Sent = Annotated[UUID | None, Query(alias="demande")]
KIND = "family.update"


@router.get("/mon-compte")
async def account(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    sheets: SheetVoiceOf,
    changed: Annotated[bool, Query(alias="change")] = False,
    section: SectionKey = None,
    corrects: Corrects = None,
    sent: Sent = None,
) -> Response:
    page = _AccountPage(gateway, visit, voice, sheets)
    return await page.show(section=section, corrects=corrects, changed=changed, sent=sent)


@router.post("/mon-compte")
async def change(
    request: Request, gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, sheets: SheetVoiceOf
) -> Response:
    page = _AccountPage(gateway, visit, voice, sheets)
    sending = Sending(KIND, None, "/mon-compte")
    return await send(sheets, sending, await request.form(), page.again)


class _AccountPage:
    def __init__(self, gateway: Gateway, visit: Visit, voice: Voice, sheets: SheetVoice) -> None:
        self._gateway, self._visit, self._voice, self._sheets = gateway, visit, voice, sheets

    async def again(self, editing: Editing, status: int) -> Response:
        return await self.show(editing=editing, status=status)

    async def show(
        self,
        *,
        section: str | None = None,
        corrects: UUID | None = None,
        editing: Editing | None = None,
        changed: bool = False,
        sent: UUID | None = None,
        status: int = 200,
    ) -> Response:
        family, sheet, counts = await asyncio.gather(
            or_none(self._voice.family()), or_none(self._sheets.account()), self._voice.counts()
        )
        if section and editing is None:
            editing = begin(section, sheet.change(corrects) if sheet else None)
        return render(
            self._gateway,
            self._visit,
            "account.html",
            title="Mon compte",
            section="account",
            status=status,
            counts=counts,
            family=family,
            sheet=sheet,
            editing=editing,
            payers=payers_of(family) if family else [],
            ages=self._ages(family),
            changed=changed,
            sent=sent,
        )

    def _ages(self, family: answers.Family | None) -> dict[UUID, str | None]:
        today = local_date(self._gateway.clock.now())
        return {one.child_id: age_of(one, today) for one in family.children} if family else {}
