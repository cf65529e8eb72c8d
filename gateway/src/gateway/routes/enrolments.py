"""« Nouvelle inscription » and « Nouvelle inscription scolaire »."""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.web import shapes
from gateway.booking_voice import BookingVoice, BookingVoiceOf
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.rendering import render
from gateway.pages.typed import Typed
from gateway.upstream import or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf
from gateway.waiting import why_unanswered

from .agenda import not_in_file
from .booking import NO_ANSWER, why

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])


@dataclass(frozen=True)
class State:
    """What was typed and what is to be said about it."""

    typed: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notice: str | None = None
    request_id: str | None = None
    status: int = 200


@dataclass(frozen=True)
class Pages:
    """The two forms of one child."""

    gateway: Gateway
    visit: Visit
    voice: Voice
    booking: BookingVoice
    child_id: UUID

    async def activity(self, state: State) -> Response:
        family, offered, counts = await asyncio.gather(
            or_none(self.voice.family()), or_none(self.booking.activities()), self.voice.counts()
        )
        choices = [
            shapes.Choice(str(one.activity_id), f"{one.label} ({one.centre_name})")
            for one in (offered.items if offered else ())
        ]
        name = self._name(family)
        return self._render("enrolment.html", "Nouvelle inscription", name, state, counts, choices)

    async def school(self, state: State) -> Response:
        family, schools, counts = await asyncio.gather(
            or_none(self.voice.family()), or_none(self.booking.schools()), self.voice.counts()
        )
        name = self._name(family)
        return self._render(
            "school.html", "Nouvelle inscription scolaire", name, state, counts, schools
        )

    def _name(self, family: Any) -> str | None:
        """Raises Problem 404 for a child of another family."""
        if family is None:
            return None
        for child in family.children:
            if child.child_id == self.child_id:
                return str(child.given_name)
        raise not_in_file()

    def _render(
        self,
        template: str,
        title: str,
        name: str | None,
        state: State,
        counts: dict[str, int],
        offered: Any,
    ) -> Response:
        return render(
            self.gateway,
            self.visit,
            template,
            title=f"{title}, {name}" if name else title,
            section="children",
            status=state.status,
            counts=counts,
            child_id=self.child_id,
            offered=offered,
            typed=state.typed,
            wrong=state.errors,
            errors=[shapes.FieldError(name, words) for name, words in state.errors.items()],
            notice=state.notice,
            request_id=state.request_id or str(new_id()),
        )


@router.get("/enfants/{child_id}/inscriptions/nouvelle")
async def new(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, booking: BookingVoiceOf, child_id: UUID
) -> Response:
    today = local_date(gateway.clock.now())
    summer = date(today.year + (today.month >= 7), 7, 5)
    typed = {"du": today.isoformat(), "au": summer.isoformat()}
    return await Pages(gateway, visit, voice, booking, child_id).activity(State(typed))


@router.post("/enfants/{child_id}/inscriptions/nouvelle")
async def ask(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking: BookingVoiceOf,
    child_id: UUID,
) -> Response:
    form = Typed(await request.form())
    typed = {name: form.one(name) for name in ("activite", "du", "au")}
    pages = Pages(gateway, visit, voice, booking, child_id)
    errors = {
        **({} if form.identifier("activite") else {"activite": "Choisissez une activité."}),
        **({} if _is_day(typed["du"]) else {"du": "Indiquez le premier jour."}),
        **({} if _is_day(typed["au"]) else {"au": "Indiquez le dernier jour."}),
    }
    request_id = form.identifier("request_id")
    if errors or request_id is None:
        return await pages.activity(State(typed, errors, request_id=request_id, status=422))
    try:
        made = await booking.request_enrolment(
            {
                "request_id": request_id,
                "child_id": str(child_id),
                "activity_id": typed["activite"],
                "first_day": typed["du"],
                "last_day": typed["au"],
            }
        )
    except (PeerRefused, PeerUnavailable) as error:
        return await pages.activity(_failed(error, typed, request_id))
    return RedirectResponse(f"/demandes/{made.request_id}", 303)


@router.get("/enfants/{child_id}/inscriptions/scolaire")
async def new_school(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, booking: BookingVoiceOf, child_id: UUID
) -> Response:
    return await Pages(gateway, visit, voice, booking, child_id).school(State())


@router.post("/enfants/{child_id}/inscriptions/scolaire")
async def ask_school(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking: BookingVoiceOf,
    child_id: UUID,
) -> Response:
    form = Typed(await request.form())
    typed: dict[str, Any] = {name: form.one(name) for name in ("ecole", "niveau", "annee")}
    typed["pieces"] = form.many("pieces")
    pages = Pages(gateway, visit, voice, booking, child_id)
    errors = {
        **({} if form.identifier("ecole") else {"ecole": "Choisissez une école."}),
        **({} if typed["niveau"] else {"niveau": "Choisissez un niveau."}),
        **({} if typed["annee"].isdecimal() else {"annee": "Choisissez une année scolaire."}),
    }
    request_id = form.identifier("request_id")
    if errors or request_id is None:
        return await pages.school(State(typed, errors, request_id=request_id, status=422))
    try:
        made = await booking.request_school(
            {
                "request_id": request_id,
                "child_id": str(child_id),
                "school_id": typed["ecole"],
                "level": typed["niveau"],
                "school_year": int(typed["annee"][:4]),
                "documents": list(typed["pieces"]),
            }
        )
    except (PeerRefused, PeerUnavailable) as error:
        return await pages.school(_failed(error, typed, request_id))
    return RedirectResponse(f"/demandes/{made.request_id}", 303)


def _failed(error: PeerRefused | PeerUnavailable, typed: dict[str, Any], request_id: str) -> State:
    """The form again with what was typed. Raises what concerns no field: 401, 404, 403."""
    if isinstance(error, PeerRefused):
        if error.status not in (409, 422):
            raise error
        return State(typed, notice=why(error.problem), status=error.status)
    return State(typed, notice=why_unanswered(error, NO_ANSWER), request_id=request_id, status=503)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
