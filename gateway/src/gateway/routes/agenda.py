"""The calendar: a month of one child or of all, one day, one cell."""

import asyncio
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.problems import Problem
from chassis.web import french, shapes
from gateway import answers
from gateway.booking_answers import Reasons
from gateway.gateway import Gateway, GatewayOf
from gateway.pages import calendar, months
from gateway.pages.rendering import render
from gateway.pressing import CellAddress
from gateway.upstream import NOT_THEIRS, or_none
from gateway.visit import VisitOf
from gateway.voice import Voice, VoiceOf, numbers

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])

Day = Annotated[date, Path(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
MonthText = Annotated[str | None, Query(alias="mois", max_length=7)]


@router.get("/agenda")
async def siblings_month(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, mois: MonthText = None
) -> Response:
    found = await _month(gateway, voice, mois, None)
    return render(gateway, visit, "agenda.html", section="agenda", **found)


@router.get("/enfants/{child_id}/agenda")
async def child_month(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, child_id: UUID, mois: MonthText = None
) -> Response:
    found = await _month(gateway, voice, mois, child_id)
    return render(gateway, visit, "agenda.html", section="agenda", **found)


async def _month(
    gateway: Gateway, voice: Voice, text: str | None, child_id: UUID | None
) -> dict[str, Any]:
    now = gateway.clock.now()
    month = months.parse(text, local_date(now))
    agenda, family, first, last, unread, reasons = await asyncio.gather(
        or_none(voice.agenda(months.code(month), child_id), NOT_THEIRS),
        or_none(voice.family()),
        or_none(voice.rates(month)),
        or_none(voice.rates(months.last_day(month))),
        or_none(voice.unread()),
        or_none(voice.reasons()),
    )
    counts = numbers(agenda, unread)
    if agenda is None:
        return {
            "title": "Agenda",
            "agenda": None,
            "retry_url": calendar.month_url(child_id, month),
            "counts": counts,
        }
    names = None if child_id else calendar.given_names(agenda)
    reader = calendar.Reader(now, calendar.Prices(first, last), names)
    name = calendar.given_names(agenda).get(child_id) if child_id else None
    if child_id and name is None:
        raise not_in_file()
    # Asked about one child, enrolment names no other.
    siblings = family.children if family else agenda.children
    return {
        "title": f"Agenda {french.of(name)}" if name else "Agenda de la fratrie",
        "agenda": calendar.month_view(
            agenda, month, reader, child_id, siblings, reason_choices(reasons)
        ),
        "counts": counts,
    }


@router.get("/agenda/semaine/{day}")
async def siblings_week(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, day: Day) -> Response:
    found = await _week(gateway, voice, day, None)
    return render(gateway, visit, "agenda.html", section="agenda", **found)


@router.get("/enfants/{child_id}/agenda/semaine/{day}")
async def child_week(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, child_id: UUID, day: Day
) -> Response:
    found = await _week(gateway, voice, day, child_id)
    return render(gateway, visit, "agenda.html", section="agenda", **found)


async def _week(gateway: Gateway, voice: Voice, day: date, child_id: UUID | None) -> dict[str, Any]:
    now = gateway.clock.now()
    monday = day - timedelta(days=day.weekday())
    agenda, first, last, unread, reasons = await asyncio.gather(
        or_none(voice.week(monday), NOT_THEIRS),
        or_none(voice.rates(monday)),
        or_none(voice.rates(monday + timedelta(days=6))),
        or_none(voice.unread()),
        or_none(voice.reasons()),
    )
    counts = numbers(agenda, unread)
    retry_url = calendar.week_url(child_id, monday)
    if agenda is None:
        return {"title": "Agenda", "agenda": None, "retry_url": retry_url, "counts": counts}
    known = calendar.given_names(agenda)
    if child_id is not None and child_id not in known:
        raise not_in_file()
    reader = calendar.Reader(now, calendar.Prices(first, last), None if child_id else known)
    return {
        "title": f"Agenda {french.of(known[child_id])}" if child_id else "Agenda de la fratrie",
        "agenda": calendar.week_view(
            agenda, monday, reader, child_id, agenda.children, reason_choices(reasons)
        ),
        "counts": counts,
    }


def not_in_file() -> Problem:
    return Problem(404, "portail.not-found", "Cet enfant n’est pas dans votre dossier")


@router.get("/agenda/cellule")
async def cell(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    key: Annotated[str, Query(alias="cle", max_length=90)],
    siblings: Annotated[bool, Query(alias="fratrie")] = False,
) -> Response:
    try:
        where = CellAddress.of_key(key, siblings=siblings)
    except ValueError:
        raise Problem(404, "portail.not-found", "Cette case n’existe pas") from None
    return await fragment(gateway, visit, voice, where)


@router.get("/agenda/{day}")
async def siblings_day(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, day: date) -> Response:
    found = await day_page(gateway, voice, None, day)
    return render(gateway, visit, "day.html", section="agenda", **found)


def reason_choices(reasons: Reasons | None) -> list[shapes.Choice]:
    """Without enrolment's list nothing can be chosen, and the form says so."""
    return [shapes.Choice(one.code, one.label) for one in reasons.items] if reasons else []


async def fragment(
    gateway: Gateway,
    visit: VisitOf,
    voice: Voice,
    where: CellAddress,
    outcome: str | None = None,
    status: int = 200,
) -> Response:
    """The cell as it now is, for the script that puts it in its place."""
    found, rates, family = await asyncio.gather(
        voice.cell(where.child_id, where.slot_id, where.day),
        or_none(voice.rates(where.day)),
        or_none(voice.family()) if where.siblings else _nothing(),
    )
    names = _names(family) if where.siblings else None
    reader = calendar.Reader(gateway.clock.now(), calendar.Prices(rates, rates), names)
    page_child = None if where.siblings else where.child_id
    return render(
        gateway,
        visit,
        "agenda_cell.html",
        title="Agenda",
        section="agenda",
        status=status,
        day=calendar.day_view(where.day, [found], reader, page_child),
        cell=calendar.cell_view(found, reader),
        outcome=outcome,
    )


async def _nothing() -> None:
    return None


def _names(family: answers.Family | None) -> dict[UUID, str]:
    return {child.child_id: child.given_name for child in family.children} if family else {}


@router.get("/enfants/{child_id}/agenda/{day}")
async def child_day(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, child_id: UUID, day: date
) -> Response:
    found = await day_page(gateway, voice, child_id, day)
    return render(gateway, visit, "day.html", section="agenda", **found)


@router.get("/enfants/{child_id}/agenda/{day}/confirmer")
async def back_to_day(child_id: UUID, day: date) -> Response:
    """Reloading the page of confirmation: its form is on the day's page."""
    return RedirectResponse(calendar.day_url(child_id, day), 303)


async def day_page(
    gateway: Gateway, voice: Voice, child_id: UUID | None, day: date
) -> dict[str, Any]:
    """What the page of one day shows, by which everything can be done without a script."""
    now = gateway.clock.now()
    agenda, rates, unread, reasons = await asyncio.gather(
        or_none(voice.agenda(months.code(day), child_id), NOT_THEIRS),
        or_none(voice.rates(day)),
        or_none(voice.unread()),
        or_none(voice.reasons()),
    )
    names = calendar.given_names(agenda) if agenda else {}
    if agenda is not None and child_id is not None and child_id not in names:
        raise not_in_file()
    reader = calendar.Reader(
        now, calendar.Prices(rates, rates), None if child_id else names, confirms=True
    )
    cells = [c for one in agenda.days if one.date == day for c in one.cells] if agenda else []
    return {
        "title": french.sentence(french.day_long(day)),
        "child_name": names.get(child_id) if child_id else None,
        "day": calendar.day_view(day, cells, reader, child_id) if agenda else None,
        "month_url": calendar.month_url(child_id, day.replace(day=1)),
        "retry_url": calendar.day_url(child_id, day),
        "notice": None,
        "reasons": reason_choices(reasons),
        "counts": numbers(agenda, unread),
    }
