"""Asking for a place and taking the request back: the portal's two actions on the calendar."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Header, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.peers import PeerBusy, PeerRefused, PeerUnavailable
from chassis.web import french
from gateway import answers
from gateway.gateway import Gateway, GatewayOf
from gateway.pages import calendar
from gateway.pages.rendering import render
from gateway.pressing import CellAddress, Pressed, PressedOf, cell_of
from gateway.upstream import NOT_THEIRS, or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf
from gateway.waiting import until_turn, why_unanswered

from .agenda import day_page, fragment

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])

REQUESTED = "requested"
NO_ANSWER = (
    "Le service n’a pas répondu : votre demande n’est peut-être pas enregistrée. "
    "Renvoyez-la : elle ne sera comptée qu’une fois."
)
NOT_POSSIBLE = "Cette réservation ne peut pas être demandée."
CANNOT_WITHDRAW = "Cette demande ne peut plus être retirée."

WantsCell = Annotated[str | None, Header(alias="X-Fragment")]
# Kept with the form by the script of the page; a script's answer is read as a cell.
CELL = "cell"


def one_line(asked: Pressed) -> dict[str, Any]:
    """What enrolment is told of a request for one cell."""
    where = asked.where
    line = {
        "child_id": str(where.child_id),
        "slot_id": str(where.slot_id),
        "day": where.day.isoformat(),
    }
    return {"request_id": str(asked.request_id), "lines": [line]}


@router.post("/enfants/{child_id}/demandes")
async def ask(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    booking: PressedOf,
    part: WantsCell = None,
) -> Response:
    reply = Reply(gateway, visit, voice, booking, part == CELL)
    try:
        request = await voice.submit({"kind": "booking.request", **one_line(booking)})
    except PeerRefused as refused:
        if refused.status != 409:
            raise
        return await reply.refused(why(refused.problem))
    except PeerUnavailable as error:
        return await reply.unknown(error)
    line = request.lines[0] if request.lines else None
    if line is not None and line.outcome != REQUESTED:
        return await reply.refused(said(line.reason))
    return await reply.received(request)


@dataclass(frozen=True)
class Reply:
    """Answers a booking: a cell for the script, a page or a redirection for a plain form."""

    gateway: Gateway
    visit: Visit
    voice: Voice
    booking: Pressed
    as_cell: bool

    async def received(self, request: answers.Request) -> Response:
        if not self.as_cell:
            return RedirectResponse(f"/demandes/{request.request_id}", 303)
        outcome = f"Demande envoyée, numéro {request.number}"
        return await self._cell(outcome, 200)

    async def refused(self, reason: str) -> Response:
        if self.as_cell:
            return await self._cell(reason, 409)
        where = self.booking.where
        page = await day_page(self.gateway, self.voice, where.child_id, where.day)
        return render(
            self.gateway,
            self.visit,
            "day.html",
            status=409,
            section="agenda",
            **{**page, "notice": reason},
        )

    async def unknown(self, error: PeerUnavailable) -> Response:
        """Not yet, or nobody knows whether it was; the same id makes a second sending safe.

        A script that is told when its turn comes needs no page, and the services no questions.
        """
        if self.as_cell and isinstance(error, PeerBusy):
            return until_turn(Response(status_code=503), error)
        notice = why_unanswered(error, NO_ANSWER)
        page = await _confirmation(
            self.gateway, self.visit, self.voice, self.booking, notice=notice, status=503
        )
        return until_turn(page, error)

    async def _cell(self, outcome: str, status: int) -> Response:
        return await fragment(
            self.gateway, self.visit, self.voice, self.booking.where, outcome, status
        )


@router.post("/enfants/{child_id}/agenda/{day}/confirmer")
async def confirm(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    child_id: UUID,
    day: date,
    slot_id: Annotated[UUID, Form()],
    request_id: Annotated[UUID, Form()],
) -> Response:
    """One step before asking, for those who have no script; nothing is recorded here."""
    booking = Pressed(CellAddress(child_id, slot_id, day), request_id)
    return await _confirmation(gateway, visit, voice, booking)


async def _confirmation(
    gateway: Gateway,
    visit: Visit,
    voice: Voice,
    booking: Pressed,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    where = booking.where
    cell, rates, family, counts = await asyncio.gather(
        or_none(voice.cell(where.child_id, where.slot_id, where.day), NOT_THEIRS),
        or_none(voice.rates(where.day)),
        or_none(voice.family()),
        voice.counts(),
    )
    prices = calendar.Prices(rates, rates)
    children = family.children if family else ()
    names = {child.child_id: child.given_name for child in children}
    return render(
        gateway,
        visit,
        "confirm_booking.html",
        title="Confirmer la demande",
        section="agenda",
        status=status,
        booking=booking,
        child_name=names.get(where.child_id),
        cell=calendar.cell_view(cell, calendar.Reader(gateway.clock.now())) if cell else None,
        price=prices.label(cell.rate_code) if cell else None,
        day_url=calendar.day_url(where.child_id, where.day),
        notice=notice,
        counts=counts,
    )


@router.post("/demandes/{request_id}/retirer")
async def withdraw(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    request_id: UUID,
    version: Annotated[int | None, Form()] = None,
    part: WantsCell = None,
) -> Response:
    """Raises PeerUnavailable: taking back twice changes nothing, so the family may try again."""
    where = cell_of(await request.form()) if part == CELL else None
    outcome, status = "Demande retirée", 200
    try:
        await voice.withdraw(request_id, version)
    except PeerRefused as refused:
        if refused.status != 409:
            raise
        outcome, status = said(refused.problem.get("detail"), CANNOT_WITHDRAW), 409
    if where is not None:
        return await fragment(gateway, visit, voice, where, outcome, status)
    mark = "?retiree=1" if status == 200 else "?deja=1"
    return RedirectResponse(f"/demandes/{request_id}{mark}", 303)


def why(problem: Mapping[str, Any]) -> str:
    """Enrolment's own words: those of the line first, which say exactly what is in the way."""
    lines = problem.get("lines")
    if isinstance(lines, list):
        for line in lines:
            if isinstance(line, dict) and line.get("reason"):
                return said(line["reason"])
    return said(problem.get("detail") or problem.get("title"))


def said(words: object, otherwise: str = NOT_POSSIBLE) -> str:
    return french.narrow_spaces(str(words)) if words else otherwise
