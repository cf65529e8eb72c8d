"""The children of the family, the sheet of one of them, and the form that adds another."""

import asyncio
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.problems import Problem
from chassis.web.shapes import Choice
from gateway import answers
from gateway.booking_voice import BookingVoice, BookingVoiceOf
from gateway.centres import centres_of
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.calendar import age_of
from gateway.pages.editing import Editing, begin
from gateway.pages.rendering import render
from gateway.sheet_voice import SheetVoice, SheetVoiceOf
from gateway.upstream import NOT_THEIRS, or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf

from .changing import Sending, send

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])

SectionKey = Annotated[str | None, Query(alias="modifier", max_length=80)]
Corrects = Annotated[UUID | None, Query(alias="corriger")]
Sent = Annotated[UUID | None, Query(alias="demande")]
NEW = "new-child"
KINDS = {"authorisations": "child.authorisations"}
"""By section of a child's sheet; the others are changes of the child."""


def child_of(family: answers.Family, child_id: UUID) -> answers.Child:
    """Raises Problem 404 for a child of another family, as for one who does not exist."""
    for child in family.children:
        if child.child_id == child_id:
            return child
    raise Problem(404, "portail.not-found", "Cet enfant n’est pas dans votre dossier")


@router.get("/enfants")
async def children(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, sheets: SheetVoiceOf, sent: Sent = None
) -> Response:
    family, sheet, counts = await asyncio.gather(
        or_none(voice.family()), or_none(sheets.new_child()), voice.counts()
    )
    today = local_date(gateway.clock.now())
    listed = [(child, age_of(child, today)) for child in family.children] if family else None
    return render(
        gateway,
        visit,
        "children.html",
        title="Mes enfants",
        section="children",
        counts=counts,
        children=listed,
        sheet=sheet,
        sent=sent,
    )


@router.get("/enfants/nouveau")
async def new_child(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    sheets: SheetVoiceOf,
    corrects: Corrects = None,
) -> Response:
    return await _NewChildPage(gateway, visit, voice, sheets).show(corrects=corrects)


@router.post("/enfants/nouveau")
async def add_child(
    request: Request, gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, sheets: SheetVoiceOf
) -> Response:
    page = _NewChildPage(gateway, visit, voice, sheets)
    return await send(
        sheets, Sending("child.add", None, "/enfants"), await request.form(), page.again
    )


@router.get("/enfants/{child_id}")
async def child(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    sheets: SheetVoiceOf,
    booking: BookingVoiceOf,
    child_id: UUID,
    section: SectionKey = None,
    corrects: Corrects = None,
    sent: Sent = None,
) -> Response:
    page = _ChildPage(gateway, visit, voice, sheets, booking, child_id)
    return await page.show(section=section, corrects=corrects, sent=sent)


@router.post("/enfants/{child_id}")
async def change_child(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    sheets: SheetVoiceOf,
    booking: BookingVoiceOf,
    child_id: UUID,
) -> Response:
    page = _ChildPage(gateway, visit, voice, sheets, booking, child_id)
    form = await request.form()
    kind = KINDS.get(str(form.get("section")), "child.update")
    sending = Sending(kind, child_id, f"/enfants/{child_id}")
    return await send(sheets, sending, form, page.again)


@dataclass(frozen=True)
class _ChildPage:
    """The page of one child, as read and as sent back with what is wrong."""

    gateway: Gateway
    visit: Visit
    voice: Voice
    sheets: SheetVoice
    booking: BookingVoice
    child_id: UUID

    async def again(self, editing: Editing, status: int) -> Response:
        return await self.show(editing=editing, status=status)

    async def show(
        self,
        *,
        section: str | None = None,
        corrects: UUID | None = None,
        editing: Editing | None = None,
        sent: UUID | None = None,
        status: int = 200,
    ) -> Response:
        today = local_date(self.gateway.clock.now())
        family, sheet, rates, enrolments, centres, counts = await asyncio.gather(
            or_none(self.voice.family()),
            or_none(self.sheets.child(self.child_id), NOT_THEIRS),
            or_none(self.voice.rates(today)),
            or_none(self.booking.enrolments()),
            centres_of(self.gateway.upstream),
            self.voice.counts(),
        )
        found = child_of(family, self.child_id) if family else None
        if section and editing is None:
            editing = begin(section, sheet.change(corrects) if sheet else None)
        return render(
            self.gateway,
            self.visit,
            "child.html",
            title=found.name if found else "Fiche de l’enfant",
            section="children",
            status=status,
            counts=counts,
            child_id=self.child_id,
            age=age_of(found, today) if found else None,
            sheet=sheet,
            editing=editing,
            signers=self._signers(family),
            enrolments=enrolments,
            centres=centres,
            rates=rates,
            sent=sent,
        )

    def _signers(self, family: answers.Family | None) -> list[Choice]:
        """Who may sign: with an access of one's own, only oneself."""
        session = self.visit.session
        own = session.principal.guardian_id if session else None
        return [
            Choice(str(one.guardian_id), f"{one.given_name} {one.family_name}")
            for one in (family.guardians if family else ())
            if own in (None, one.guardian_id)
        ]


class _NewChildPage:
    def __init__(self, gateway: Gateway, visit: Visit, voice: Voice, sheets: SheetVoice) -> None:
        self.gateway, self.visit, self.voice, self.sheets = gateway, visit, voice, sheets

    async def again(self, editing: Editing, status: int) -> Response:
        return await self.show(editing=editing, status=status)

    async def show(
        self,
        *,
        corrects: UUID | None = None,
        editing: Editing | None = None,
        status: int = 200,
    ) -> Response:
        sheet, counts = await asyncio.gather(or_none(self.sheets.new_child()), self.voice.counts())
        if editing is None:
            editing = begin(NEW, sheet.change(corrects) if sheet else None)
        return render(
            self.gateway,
            self.visit,
            "new_child.html",
            title="Ajouter un enfant",
            section="children",
            status=status,
            counts=counts,
            sheet=sheet,
            editing=editing,
        )
