"""« Plusieurs jours »: children × slots × days in one submission, answered before and after."""

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
from gateway.booking_answers import OfferedActivities, Preview
from gateway.booking_voice import BookingVoice, BookingVoiceOf
from gateway.gateway import Gateway, GatewayOf
from gateway.pages import months
from gateway.pages.lines import DayAnswers, by_day
from gateway.pages.rendering import render
from gateway.pages.typed import Typed
from gateway.upstream import or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf
from gateway.waiting import until_turn, why_unanswered

from .booking import NO_ANSWER, why

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])

SEND = "envoyer"
WEEKDAYS = [shapes.Choice(str(number), name) for number, name in enumerate(months.WEEKDAYS, 1)]
KNOWN_WEEKDAYS = frozenset(one.value for one in WEEKDAYS)


@dataclass(frozen=True)
class Wanted:
    """What the form says, kept as it was typed."""

    children: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    first: str = ""
    last: str = ""

    @classmethod
    def of(cls, form: FormData) -> "Wanted":
        typed = Typed(form)
        return cls(
            typed.many("enfants"),
            typed.many("creneaux"),
            tuple(one for one in typed.many("jours") if one in KNOWN_WEEKDAYS),
            typed.one("du"),
            typed.one("au"),
        )

    def mistakes(self) -> dict[str, str]:
        """What is missing, by field."""
        found = {
            "enfants": "" if self.children else "Choisissez au moins un enfant.",
            "creneaux": "" if self.slots else "Choisissez au moins un créneau.",
            "jours": "" if self.weekdays else "Choisissez au moins un jour de la semaine.",
            "du": "" if _day(self.first) else "Indiquez le premier jour.",
            "au": "" if _day(self.last) else "Indiquez le dernier jour.",
        }
        first, last = _day(self.first), _day(self.last)
        if first and last and first > last:
            found["au"] = "Le dernier jour est avant le premier."
        return {name: words for name, words in found.items() if words}

    @property
    def body(self) -> dict[str, Any]:
        return {
            "child_ids": list(self.children),
            "slot_ids": list(self.slots),
            "weekdays": [int(one) for one in self.weekdays],
            "first_day": self.first,
            "last_day": self.last,
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
        answers: list[DayAnswers] | None = None,
        request_id: str | None = None,
        status: int = 200,
    ) -> Response:
        family, offered, counts = await asyncio.gather(
            or_none(self.voice.family()), or_none(self.booking.activities()), self.voice.counts()
        )
        children = [
            shapes.Choice(str(one.child_id), one.given_name)
            for one in (family.children if family else ())
        ]
        return render(
            self.gateway,
            self.visit,
            "several.html",
            title="Réserver plusieurs jours",
            section="agenda",
            status=status,
            counts=counts,
            wanted=wanted,
            children=children,
            slots=_slots(offered),
            weekdays=WEEKDAYS,
            errors=[shapes.FieldError(name, words) for name, words in (errors or {}).items()],
            wrong=errors or {},
            notice=notice,
            answers=answers,
            possible=sum(day.possible for day in answers or ()),
            request_id=request_id or str(new_id()),
        )


def _slots(offered: OfferedActivities | None) -> list[shapes.Choice]:
    return [
        shapes.Choice(
            str(slot.slot_id),
            f"{activity.label}, {slot.label} ({activity.centre_name})",
        )
        for activity in (offered.items if offered else ())
        for slot in activity.slots
    ]


@router.get("/agenda/plusieurs-jours")
async def several(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking: BookingVoiceOf,
    enfant: UUID | None = None,
) -> Response:
    today = local_date(gateway.clock.now())
    chosen = (str(enfant),) if enfant else ()
    wanted = Wanted(children=chosen, first=today.isoformat())
    return await Form(gateway, visit, voice, booking).page(wanted)


@router.post("/agenda/plusieurs-jours")
async def send(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking: BookingVoiceOf,
) -> Response:
    """First what each day would be answered; then, confirmed, the request itself."""
    sent = await request.form()
    typed = Typed(sent)
    form, wanted = Form(gateway, visit, voice, booking), Wanted.of(sent)
    if mistakes := wanted.mistakes():
        return await form.page(wanted, errors=mistakes, status=422)
    request_id = typed.identifier("request_id")
    try:
        if typed.one("etape") == SEND and request_id:
            made = await booking.submit_days({**wanted.body, "request_id": request_id})
            return RedirectResponse(f"/demandes/{made.request_id}", 303)
        preview = await booking.preview_days(wanted.body)
    except PeerRefused as refused:
        if refused.status not in (409, 422):
            raise
        return await form.page(wanted, notice=why(refused.problem), status=refused.status)
    except PeerUnavailable as error:
        notice = why_unanswered(error, NO_ANSWER)
        page = await form.page(wanted, notice=notice, request_id=request_id, status=503)
        return until_turn(page, error)
    return await form.page(wanted, answers=_answers(preview), request_id=request_id)


def _answers(preview: Preview) -> list[DayAnswers]:
    return by_day(preview.lines)
