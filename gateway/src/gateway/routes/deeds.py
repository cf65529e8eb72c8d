"""What a family does from a cell beside asking for a place: cancel, declare absent, answer."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.peers import PeerRefused
from chassis.web import french
from gateway import answers
from gateway.booking_voice import BookingVoice, BookingVoiceOf
from gateway.gateway import Gateway, GatewayOf
from gateway.pages import calendar
from gateway.pages.rendering import render
from gateway.pressing import CellAddress, PressedOf, cell_of
from gateway.upstream import or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf

from .agenda import day_page, fragment
from .booking import CELL, WantsCell, one_line, said, why

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])

LONGEST_TEXT = 500
ReasonCode = Annotated[str, Form(max_length=40)]
ReasonText = Annotated[str, Form(max_length=LONGEST_TEXT)]


@dataclass(frozen=True)
class Deed:
    """One action from a cell: answered by the cell for a script, by a page otherwise."""

    gateway: Gateway
    visit: Visit
    voice: Voice
    where: CellAddress | None
    as_cell: bool

    async def done(self, asked: Awaitable[object], words: str) -> Response:
        """Raises PeerUnavailable: sending again is safe, whatever became of this one."""
        try:
            result = await asked
        except PeerRefused as refused:
            if refused.status not in (409, 422):
                raise
            return await self.refused(why(refused.problem))
        number = result.number if isinstance(result, answers.Request) else None
        if self.as_cell and self.where is not None:
            told = f"{words}, numéro {number}" if number else words
            return await fragment(self.gateway, self.visit, self.voice, self.where, told)
        return RedirectResponse(self._after(result), 303)

    async def refused(self, reason: str, errors: Mapping[str, str] | None = None) -> Response:
        if self.where is None:
            return RedirectResponse("/agenda", 303)
        if self.as_cell:
            return await fragment(self.gateway, self.visit, self.voice, self.where, reason, 409)
        page = await day_page(self.gateway, self.voice, self.where.child_id, self.where.day)
        return render(
            self.gateway,
            self.visit,
            "day.html",
            status=409,
            section="agenda",
            **{**page, "notice": reason, "errors": errors or {}},
        )

    def _after(self, result: object) -> str:
        if isinstance(result, answers.Request):
            return f"/demandes/{result.request_id}"
        where = self.where
        return calendar.day_url(where.child_id, where.day) if where else "/agenda"


@router.post("/enfants/{child_id}/annulations")
async def cancel(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking_voice: BookingVoiceOf,
    pressed: PressedOf,
    part: WantsCell = None,
) -> Response:
    deed = Deed(gateway, visit, voice, pressed.where, part == CELL)
    return await deed.done(booking_voice.cancel(one_line(pressed)), "Annulation demandée")


@router.post("/enfants/{child_id}/agenda/{day}/annuler")
async def confirm_cancelling(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    child_id: UUID,
    day: date,
    slot_id: Annotated[UUID, Form()],
    request_id: Annotated[UUID, Form()],
) -> Response:
    """One step before, for those who have no script; nothing is recorded here."""
    cell, counts = await voice.cell(child_id, slot_id, day), await voice.counts()
    in_time = cell.cut_off is None or gateway.clock.now() < cell.cut_off
    return render(
        gateway,
        visit,
        "confirm_deed.html",
        title="Annuler la réservation",
        section="agenda",
        counts=counts,
        action=f"/enfants/{child_id}/annulations",
        fields={"slot_id": slot_id, "day": day, "request_id": request_id},
        cell=calendar.cell_view(cell, calendar.Reader(gateway.clock.now())),
        day=day,
        told=[CANCELLED_IN_TIME if in_time else CANCELLED_LATE],
        day_url=calendar.day_url(child_id, day),
        verb="Confirmer l’annulation",
    )


CANCELLED_IN_TIME = "L’annulation est dans les délais : ce jour ne sera pas facturé."
CANCELLED_LATE = "L’annulation est hors délai : ce jour reste facturé."


@dataclass(frozen=True)
class Absence:
    """What the form of an absence says."""

    where: CellAddress
    reason: str
    reason_text: str

    @property
    def body(self) -> dict[str, Any]:
        day = self.where.day.isoformat()
        return {
            "child_ids": [str(self.where.child_id)],
            "first_day": day,
            "last_day": day,
            "slot_id": str(self.where.slot_id),
            "reason": self.reason,
            "reason_text": self.reason_text.strip() or None,
        }


@router.post("/enfants/{child_id}/absences")
async def declare(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking_voice: BookingVoiceOf,
    pressed: PressedOf,
    reason: ReasonCode = "",
    reason_text: ReasonText = "",
    part: WantsCell = None,
) -> Response:
    absence = Absence(pressed.where, reason, reason_text)
    deed = Deed(gateway, visit, voice, absence.where, part == CELL)
    if not reason:
        return await deed.refused(NO_REASON, _beside(absence.where, NO_REASON))
    asked = booking_voice.declare_absence({**absence.body, "request_id": str(pressed.request_id)})
    return await deed.done(asked, "Absence déclarée")


NO_REASON = "Choisissez le motif de l’absence."


@router.post("/enfants/{child_id}/absences/effet")
async def effect(
    gateway: GatewayOf,
    visit: VisitOf,
    booking_voice: BookingVoiceOf,
    pressed: PressedOf,
    reason: ReasonCode,
) -> Response:
    """What the absence would change on the bill, for the dialog; posted, for a reason of absence
    has no place in an address."""
    # Words that « Autre » needs change nothing on the bill: any will do for the question.
    absence = Absence(pressed.where, reason, "à préciser")
    told = await _effect(booking_voice, absence)
    return render(gateway, visit, "effect.html", title="Effet sur la facture", told=told)


async def _effect(booking_voice: BookingVoice, absence: Absence) -> list[str]:
    try:
        found = await booking_voice.preview_absence(absence.body)
    except PeerRefused as refused:
        if refused.status not in (409, 422):
            raise
        return [why(refused.problem)]
    told = [said(line.reason) for line in found.lines if line.reason]
    if found.document_due_at is not None:
        due = french.full_moment(found.document_due_at)
        told.append(
            f"Justificatif attendu avant le {due}, par message ou au service. Sans lui, l’absence"
            " peut être annulée et le jour facturé."
        )
    return told


@router.post("/enfants/{child_id}/agenda/{day}/absence")
async def confirm_absence(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking_voice: BookingVoiceOf,
    child_id: UUID,
    day: date,
    slot_id: Annotated[UUID, Form()],
    request_id: Annotated[UUID, Form()],
    reason: ReasonCode = "",
    reason_text: ReasonText = "",
) -> Response:
    """Without a script: the effect on the bill, then the confirmation."""
    absence = Absence(CellAddress(child_id, slot_id, day), reason, reason_text)
    deed = Deed(gateway, visit, voice, absence.where, as_cell=False)
    reasons = {one.code: one for one in (await booking_voice.reasons()).items}
    chosen = reasons.get(reason)
    if chosen is None:
        return await deed.refused(NO_REASON, _beside(absence.where, NO_REASON))
    if chosen.needs_text and not reason_text.strip():
        return await deed.refused(NO_WORDS, _beside(absence.where, NO_WORDS))
    told = await _effect(booking_voice, absence)
    cell, counts = await or_none(voice.cell(child_id, slot_id, day)), await voice.counts()
    return render(
        gateway,
        visit,
        "confirm_deed.html",
        title="Déclarer une absence",
        section="agenda",
        counts=counts,
        action=f"/enfants/{child_id}/absences",
        fields={
            "slot_id": slot_id,
            "day": day,
            "request_id": request_id,
            "reason": reason,
            "reason_text": reason_text,
        },
        cell=calendar.cell_view(cell, calendar.Reader(gateway.clock.now())) if cell else None,
        day=day,
        told=[f"Motif : {chosen.label}.", *told],
        day_url=calendar.day_url(child_id, day),
        verb="Confirmer l’absence",
    )


NO_WORDS = "Précisez le motif de l’absence."


def _beside(where: CellAddress, words: str) -> dict[str, str]:
    """The message beside the field, by the key of the cell."""
    return {where.key: words}


@router.post("/places/{booking_id}/accepter")
async def accept_offer(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking_voice: BookingVoiceOf,
    booking_id: UUID,
    part: WantsCell = None,
) -> Response:
    deed = Deed(gateway, visit, voice, cell_of(await request.form()), part == CELL)
    return await deed.done(booking_voice.accept_offer(booking_id), "La place est réservée")


@router.post("/places/{booking_id}/refuser")
async def decline_offer(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking_voice: BookingVoiceOf,
    booking_id: UUID,
    part: WantsCell = None,
) -> Response:
    deed = Deed(gateway, visit, voice, cell_of(await request.form()), part == CELL)
    return await deed.done(booking_voice.decline_offer(booking_id), "Place refusée")


@router.post("/places/{booking_id}/quitter")
async def leave_waiting_list(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking_voice: BookingVoiceOf,
    booking_id: UUID,
    part: WantsCell = None,
) -> Response:
    deed = Deed(gateway, visit, voice, cell_of(await request.form()), part == CELL)
    asked = booking_voice.leave_waiting_list(booking_id)
    return await deed.done(asked, "Vous n’êtes plus dans la liste d’attente")
