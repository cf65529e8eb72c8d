"""« Déclarer une absence » over several days and for several children, with its effect first."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.peers import PeerRefused
from chassis.web import shapes
from gateway.booking_answers import AbsencePreview
from gateway.pages.lines import by_day
from gateway.pages.rendering import render
from gateway.pages.typed import Typed
from gateway.upstream import or_none

from .agenda import reason_choices
from .booking import why
from .previewed import Seat, SeatOf, Steps, answered, children_of, day_of

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])


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
        first, last = day_of(self.first), day_of(self.last)
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


async def _page(
    seat: Seat,
    wanted: Wanted,
    *,
    errors: dict[str, str] | None = None,
    notice: str | None = None,
    preview: AbsencePreview | None = None,
    request_id: str | None = None,
    status: int = 200,
) -> Response:
    family, reasons, counts = await asyncio.gather(
        or_none(seat.voice.family()), or_none(seat.voice.reasons()), seat.voice.counts()
    )
    return render(
        seat.gateway,
        seat.visit,
        "absence.html",
        title="Déclarer une absence",
        section="agenda",
        status=status,
        counts=counts,
        wanted=wanted,
        children=children_of(family),
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
async def absence(seat: SeatOf, enfant: UUID | None = None) -> Response:
    today = local_date(seat.gateway.clock.now()).isoformat()
    return await _page(seat, Wanted((str(enfant),) if enfant else (), today, today))


@router.post("/absences/nouvelle")
async def declare(request: Request, seat: SeatOf) -> Response:
    """First what it would change on the bill; then, confirmed, the declaration itself."""
    sent = await request.form()
    wanted = Wanted.of(sent)
    page = partial(_page, seat, wanted)
    if mistakes := wanted.mistakes():
        return await page(errors=mistakes, status=422)
    steps = Steps(
        send=lambda request_id: seat.booking.declare_absence(
            {**wanted.body, "request_id": request_id}
        ),
        preview=lambda: seat.booking.preview_absence(wanted.body),
        refusal=_mistake,
    )
    return await answered(page, Typed(sent), steps)


def _mistake(refused: PeerRefused) -> dict[str, Any]:
    """Beside its field when enrolment names one, above the form otherwise."""
    words = why(refused.problem)
    fields = refused.problem.get("fields")
    named = fields[0].get("field") if isinstance(fields, list) and fields else None
    if named in ("reason", "reason_text"):
        return {"errors": {str(named): words}}
    return {"notice": words}
