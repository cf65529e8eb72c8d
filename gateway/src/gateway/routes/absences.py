"""« Déclarer une absence » over several days and for several children, with its effect first."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.web import shapes
from gateway.booking_answers import AbsencePreview
from gateway.booking_voice import BookingVoice, BookingVoiceOf
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.lines import by_day
from gateway.pages.rendering import render
from gateway.pages.typed import Typed
from gateway.upstream import or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf
from gateway.waiting import until_turn, why_unanswered

from .agenda import reason_choices
from .booking import NO_ANSWER, why

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])

SEND = "envoyer"


@dataclass(frozen=True)
class Wanted:
    """What the form says, kept as it was typed."""

    children: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    reason: str = ""
    reason_text: str = ""

    @classmethod
    def of(cls, form: FormData) -> "Wanted":
        typed = Typed(form)
        return cls(
            typed.many("enfants"),
            typed.one("du"),
            typed.one("au") or typed.one("du"),
            typed.one("reason"),
            typed.one("reason_text")[:500],
        )

    def mistakes(self) -> dict[str, str]:
        first, last = _day(self.first), _day(self.last)
        found = {
            "enfants": "" if self.children else "Choisissez au moins un enfant.",
            "du": "" if first else "Indiquez le premier jour d’absence.",
            "au": "" if last else "Indiquez le dernier jour d’absence.",
            "reason": "" if self.reason else "Choisissez le motif de l’absence.",
        }
        if first and last and not 0 <= (last - first).days <= 100:
            found["au"] = "Choisissez un dernier jour après le premier, cent jours au plus."
        return {name: words for name, words in found.items() if words}

    @property
    def body(self) -> dict[str, Any]:
        return {
            "child_ids": list(self.children),
            "first_day": self.first,
            "last_day": self.last,
            "reason": self.reason,
            "reason_text": self.reason_text or None,
        }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Form:
    """The page, whatever state it is in."""

    gateway: Gateway
    visit: Visit
    voice: Voice
    booking: BookingVoice

    async def page(
        self,
        wanted: Wanted,
        *,
        errors: dict[str, str] | None = None,
        notice: str | None = None,
        preview: AbsencePreview | None = None,
        request_id: str | None = None,
        status: int = 200,
    ) -> Response:
        family, reasons, counts = await asyncio.gather(
            or_none(self.voice.family()), or_none(self.voice.reasons()), self.voice.counts()
        )
        return render(
            self.gateway,
            self.visit,
            "absence.html",
            title="Déclarer une absence",
            section="agenda",
            status=status,
            counts=counts,
            wanted=wanted,
            children=[
                shapes.Choice(str(one.child_id), one.given_name)
                for one in (family.children if family else ())
            ],
            reasons=reason_choices(reasons),
            errors=[shapes.FieldError(name, words) for name, words in (errors or {}).items()],
            wrong=errors or {},
            notice=notice,
            answers=by_day(preview.lines) if preview else None,
            possible=sum(line.was_requested for line in preview.lines) if preview else 0,
            document_due_at=preview.document_due_at if preview else None,
            request_id=request_id or str(new_id()),
        )


@router.get("/absences/nouvelle")
async def absence(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking: BookingVoiceOf,
    enfant: UUID | None = None,
) -> Response:
    today = local_date(gateway.clock.now())
    wanted = Wanted((str(enfant),) if enfant else (), today.isoformat(), today.isoformat())
    return await Form(gateway, visit, voice, booking).page(wanted)


@router.post("/absences/nouvelle")
async def declare(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking: BookingVoiceOf,
) -> Response:
    """First what it would change on the bill; then, confirmed, the declaration itself."""
    sent = await request.form()
    typed = Typed(sent)
    form, wanted = Form(gateway, visit, voice, booking), Wanted.of(sent)
    if mistakes := wanted.mistakes():
        return await form.page(wanted, errors=mistakes, status=422)
    request_id = typed.identifier("request_id")
    try:
        if typed.one("etape") == SEND and request_id:
            made = await booking.declare_absence({**wanted.body, "request_id": request_id})
            return RedirectResponse(f"/demandes/{made.request_id}", 303)
        preview = await booking.preview_absence(wanted.body)
    except PeerRefused as refused:
        if refused.status not in (409, 422):
            raise
        return await form.page(wanted, **_mistake(refused), status=refused.status)
    except PeerUnavailable as error:
        notice = why_unanswered(error, NO_ANSWER)
        page = await form.page(wanted, notice=notice, request_id=request_id, status=503)
        return until_turn(page, error)
    return await form.page(wanted, preview=preview, request_id=request_id)


def _mistake(refused: PeerRefused) -> dict[str, Any]:
    """Beside its field when enrolment names one, above the form otherwise."""
    words = why(refused.problem)
    fields = refused.problem.get("fields")
    named = fields[0].get("field") if isinstance(fields, list) and fields else None
    if named in ("reason", "reason_text"):
        return {"errors": {str(named): words}}
    return {"notice": words}
