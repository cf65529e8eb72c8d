"""Closing days, giving a closure other days, lifting it: whom it touches is shown before."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french
from chassis.web.shapes import FieldError
from enrolment.domain.school_calendar import Span
from enrolment.domain.submission import ChangeHurts, NotFound, OutOfDate
from enrolment.store.catalogue import all_centres, whole_catalogue
from enrolment.store.closures import Closure, KnownClosure, find_closure
from enrolment.store.request_lists import count_pending
from enrolment.use_cases.close_days import close_days
from enrolment.use_cases.edit_closure import (
    ClosureChange,
    ClosureEdit,
    ClosureTouches,
    edit_closure,
)

from .activity_form import Reading
from .calendar import CALENDAR, CLOSURES, calendar_page, span_words, whom_for
from .forms import Fields, broken, form_fields, one
from .impact_words import told, told_back, told_kept
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator

router = APIRouter(route_class=PageRoute)

NOWHERE: Final = "Choisissez un centre ou une activité de la liste."
STALE: Final = "Quelqu’un a modifié cette fermeture entre-temps\u00a0: relisez-la."


@router.post("/calendrier/fermetures")
async def close(
    request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    """Bookings of those days are cancelled in notice and families told."""
    fields = await form_fields(request)
    span, errors = _span(fields)
    if span is None:
        return await calendar_page(principal, runtime, pages, fields=fields, errors=errors)
    try:
        async with runtime.database.transaction() as transaction:
            await close_days(
                transaction,
                _where(fields, span),
                confirmed=one(fields, "confirmed") == "yes",
                now=runtime.clock.now(),
            )
    except NotFound:
        raise broken(NOWHERE) from None
    except ChangeHurts as hurts:
        return await calendar_page(principal, runtime, pages, fields=fields, impact=hurts.impact)
    return RedirectResponse(CALENDAR, 303)


def _span(fields: Fields) -> tuple[Span | None, list[FieldError]]:
    reading = Reading(fields)
    label, first, last = reading.label("label"), reading.day("first"), reading.day("last")
    if first and last and not first <= last:
        reading.wrong("last", "La dernière date vient après la première.")
    if reading.errors or first is None or last is None:
        return None, reading.errors
    return Span(first, last, label), []


def _where(fields: Fields, span: Span) -> Closure:
    kind, _, identifier = one(fields, "where").strip().partition(":")
    try:
        where = UUID(identifier) if identifier else None
    except ValueError:
        raise broken(NOWHERE) from None
    return Closure(span, where if kind == "centre" else None, where if kind == "activity" else None)


@router.get("/calendrier/fermetures/{closure_id}")
async def one_closure(
    closure_id: UUID, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    return await _page(principal, runtime, pages, closure_id)


@router.post("/calendrier/fermetures/{closure_id}")
async def change(
    closure_id: UUID,
    request: Request,
    principal: Administrator,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    """Other days, or another name."""
    fields = await form_fields(request)
    span, errors = _span(fields)
    if span is None:
        return await _page(principal, runtime, pages, closure_id, fields=fields, errors=errors)
    return await _do(principal, runtime, pages, closure_id, fields, span)


@router.post("/calendrier/fermetures/{closure_id}/lever")
async def lift(
    closure_id: UUID,
    request: Request,
    principal: Administrator,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    """All its days open again."""
    fields = await form_fields(request)
    return await _do(principal, runtime, pages, closure_id, fields, None)


async def _do(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    closure_id: UUID,
    fields: Fields,
    span: Span | None,
) -> Response:
    typed = one(fields, "version")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 16):
        raise broken()
    try:
        async with runtime.database.transaction() as transaction:
            await edit_closure(
                transaction,
                ClosureEdit(closure_id, span, int(typed)),
                confirmed=one(fields, "confirmed") == "yes",
                calendar=runtime.own.calendar,
                now=runtime.clock.now(),
            )
    except NotFound:
        raise _unknown() from None
    except OutOfDate:
        stale = [FieldError("label", STALE)]
        return await _page(principal, runtime, pages, closure_id, errors=stale, status=409)
    except ClosureTouches as touches:
        return await _page(
            principal,
            runtime,
            pages,
            closure_id,
            fields=fields if span else None,
            change=touches.change,
            lifting=span is None,
            status=409,
        )
    return RedirectResponse(CALENDAR, 303)


def _unknown() -> Problem:
    return Problem(
        404, "enrolment.closure-unknown", "Fermeture introuvable", "Elle a peut-être été levée."
    )


async def _page(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    closure_id: UUID,
    *,
    fields: Fields | None = None,
    errors: list[FieldError] | None = None,
    change: ClosureChange | None = None,
    lifting: bool = False,
    status: int | None = None,
) -> Response:
    async with runtime.database.reading() as connection:
        closure = await find_closure(connection, closure_id)
        catalogue = await whole_catalogue(connection)
        centres = await all_centres(connection)
        pending = await count_pending(connection)
    if closure is None:
        raise _unknown()
    return pages.html(
        "fermeture.html",
        principal,
        title=f"Fermeture\u00a0: {closure.span.label}",
        section="activities",
        pending=pending,
        status=status or (422 if errors else 200),
        closure=closure,
        days=span_words(closure.span.first, closure.span.last),
        whom=whom_for(closure, catalogue, centres),
        here=f"{CLOSURES}/{closure_id}",
        back=CALENDAR,
        typed=_typed(closure) | {name: found[-1][:80] for name, found in (fields or {}).items()},
        errors=errors or [],
        wrong={error.field: error.message for error in errors or []},
        touched=_touched(change) if change else None,
        lifting=lifting,
    )


def _typed(closure: KnownClosure) -> dict[str, str]:
    span = closure.span
    return {"label": span.label, "first": str(span.first), "last": str(span.last)}


def _touched(change: ClosureChange) -> dict[str, Any]:
    again = change.reopening
    return {
        "families": french.plural(len(change.family_ids), "famille"),
        "hurt": list(told(change.impact)),
        "back": list(told_back(again)),
        "kept": list(told_kept(again)),
    }
