"""« Plusieurs jours »: children × slots × days in one submission, answered before and after."""

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
from chassis.web import shapes
from gateway.booking_answers import OfferedActivities, Preview
from gateway.pages import months
from gateway.pages.lines import by_day
from gateway.pages.rendering import render
from gateway.pages.typed import Typed
from gateway.upstream import or_none

from .booking import why
from .previewed import Seat, SeatOf, Steps, answered, children_of, day_of

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])

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
            "du": "" if day_of(self.first) else "Indiquez le premier jour.",
            "au": "" if day_of(self.last) else "Indiquez le dernier jour.",
        }
        first, last = day_of(self.first), day_of(self.last)
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


async def _page(
    seat: Seat,
    wanted: Wanted,
    *,
    errors: dict[str, str] | None = None,
    notice: str | None = None,
    preview: Preview | None = None,
    request_id: str | None = None,
    status: int = 200,
) -> Response:
    family, offered, counts = await asyncio.gather(
        or_none(seat.voice.family()), or_none(seat.booking.activities()), seat.voice.counts()
    )
    answers = by_day(preview.lines) if preview else None
    return render(
        seat.gateway,
        seat.visit,
        "several.html",
        title="Réserver plusieurs jours",
        section="agenda",
        status=status,
        counts=counts,
        wanted=wanted,
        children=children_of(family),
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
async def several(seat: SeatOf, enfant: UUID | None = None) -> Response:
    today = local_date(seat.gateway.clock.now()).isoformat()
    return await _page(seat, Wanted(children=(str(enfant),) if enfant else (), first=today))


@router.post("/agenda/plusieurs-jours")
async def send(request: Request, seat: SeatOf) -> Response:
    """First what each day would be answered; then, confirmed, the request itself."""
    sent = await request.form()
    wanted = Wanted.of(sent)
    page = partial(_page, seat, wanted)
    if mistakes := wanted.mistakes():
        return await page(errors=mistakes, status=422)
    steps = Steps(
        send=lambda request_id: seat.booking.submit_days({**wanted.body, "request_id": request_id}),
        preview=lambda: seat.booking.preview_days(wanted.body),
        refusal=lambda refused: {"notice": why(refused.problem)},
    )
    return await answered(page, Typed(sent), steps)
