"""What staff do for a family at the front desk, and the answer that is read out to it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.auth import Principal
from chassis.database import Transaction
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french
from chassis.web.shapes import FieldError
from enrolment.domain.request import LineOutcome, RulingMissing
from enrolment.domain.submission import (
    AbsenceIncomplete,
    AnsweredLine,
    NotFound,
    NothingToRequest,
    RequestIdReused,
    UnknownFamily,
)
from enrolment.store.catalogue import catalogue_of_slots
from enrolment.store.request_lists import count_pending
from enrolment.store.request_records import RequestLine
from enrolment.use_cases.act_at_front_desk import at_front_desk, book, cancel, declare
from enrolment.use_cases.cancel_bookings import Cancellation
from enrolment.use_cases.declare_absence import Declaration
from enrolment.use_cases.keep_request import Submitted
from enrolment.use_cases.submit_request import Submission

from .choice import QUEUE
from .desk_agenda import lines_of
from .forms import Fields, broken, form_fields, identifier, one
from .front_desk import Place, page, place_of, unknown
from .pages import PageRoute, Pages, PagesOf
from .readers import Decider

router = APIRouter(route_class=PageRoute)

MOST_TICKED = 200
NOTHING_TICKED = "Cochez au moins un jour."

OUTCOMES = {
    LineOutcome.REQUESTED: "en attente",
    LineOutcome.ACCEPTED: "accepté",
    LineOutcome.REFUSED: "refusé",
    LineOutcome.WITHDRAWN: "retiré",
    LineOutcome.WAITLISTED: "liste d’attente",
    LineOutcome.EXPIRED: "expiré",
    LineOutcome.REVERSED: "annulé par le service",
}
_RULINGS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Told:
    """One day of the answer, in words."""

    label: str
    done: bool
    words: str


@dataclass(frozen=True)
class Desk:
    """Who acts where."""

    principal: Principal
    runtime: Runtime
    pages: Pages
    place: Place

    @property
    def child_id(self) -> UUID:
        if self.place.child is None:
            raise broken("Choisissez un enfant.")
        return self.place.child.child_id

    async def again(self, errors: Sequence[FieldError], fields: Fields) -> Response:
        typed = {name: values[-1] for name, values in fields.items() if len(values[-1]) <= 600}
        place = replace(self.place, errors=tuple(errors), typed=typed)
        return await page(self.principal, self.runtime, self.pages, place, status=422)


@router.post("/guichet/{family_id}/jours")
async def act_on_days(
    family_id: UUID, request: Request, principal: Decider, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    """The ticked days are booked, or their bookings cancelled, as the button says."""
    fields = await form_fields(request, most=MOST_TICKED + 10)
    desk = await _desk(family_id, fields, principal, runtime, pages)
    try:
        lines = lines_of(desk.child_id, fields.get("line", []))
    except ValueError:
        raise broken() from None
    request_id = identifier(fields, "request_id")
    if request_id is None:
        raise broken()
    if not lines:
        return await desk.again([FieldError("agenda", NOTHING_TICKED)], fields)
    actor = at_front_desk(principal, family_id)
    now, calendar = runtime.clock.now(), runtime.own.calendar
    if one(fields, "act") == "cancel":
        cancellation = Cancellation(request_id, family_id, lines, actor)
        return await _answer(desk, lambda t: cancel(t, cancellation, now=now, calendar=calendar))
    agreed = one(fields, "agreed") == "yes"
    submission = Submission(request_id, family_id, lines, actor, ignore_notice=agreed)
    return await _answer(desk, lambda t: book(t, submission, now=now, calendar=calendar))


@router.post("/guichet/{family_id}/absences")
async def declare_absences(
    family_id: UUID, request: Request, principal: Decider, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    """Every booking of the child between two days, both included."""
    fields = await form_fields(request)
    desk = await _desk(family_id, fields, principal, runtime, pages)
    request_id = identifier(fields, "request_id")
    if request_id is None:
        raise broken()
    first, last = _day(one(fields, "first")), _day(one(fields, "last") or one(fields, "first"))
    if first is None or last is None or not first <= last or (last - first).days > 366:
        return await desk.again([FieldError("first", "Indiquez des dates qui se suivent.")], fields)
    declaration = Declaration(
        request_id,
        family_id,
        (desk.child_id,),
        first,
        last,
        one(fields, "reason_code")[:40],
        at_front_desk(principal, family_id),
        reason_text=one(fields, "reason_text")[:500] or None,
    )
    billable = _RULINGS.get(one(fields, "billable"))
    now, calendar = runtime.clock.now(), runtime.own.calendar
    try:
        return await _answer(
            desk, lambda t: declare(t, declaration, billable, now=now, calendar=calendar)
        )
    except AbsenceIncomplete as incomplete:
        at = "reason_text" if incomplete.field == "reason_text" else "reason_code"
        return await desk.again([FieldError(at, str(incomplete))], fields)
    except RulingMissing:
        missing = FieldError("billable", "Dites si cette absence est facturée.")
        return await desk.again([missing], fields)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


async def _desk(
    family_id: UUID, fields: Fields, principal: Principal, runtime: Runtime, pages: Pages
) -> Desk:
    place = await place_of(runtime, family_id, identifier(fields, "child"), one(fields, "month"))
    return Desk(principal, runtime, pages, place)


async def _answer(desk: Desk, act: Callable[[Transaction], Awaitable[Submitted]]) -> Response:
    """The request with its number and each day's answer; or each day's reason why not."""
    try:
        async with desk.runtime.database.transaction() as transaction:
            submitted = await act(transaction)
    except NothingToRequest as refusal:
        told = await _why_not(desk, refusal.lines)
        return await _result(desk, told, title=str(refusal), status=409)
    except RequestIdReused:
        raise broken("Ce formulaire a déjà servi\u00a0: rouvrez la page de la famille.") from None
    except (UnknownFamily, NotFound):
        raise unknown() from None
    record = submitted.request
    told = [_told(line) for line in record.lines]
    title = f"Demande {record.number} enregistrée au guichet"
    return await _result(desk, told, title=title, request_id=record.request_id)


def _told(line: RequestLine) -> Told:
    label = f"{french.sentence(french.day_name(line.day))}, {line.slot_label}"
    return Told(label, line.was_requested, line.reason or OUTCOMES[line.outcome])


async def _why_not(desk: Desk, lines: Sequence[AnsweredLine]) -> list[Told]:
    async with desk.runtime.database.reading() as connection:
        catalogue = await catalogue_of_slots(connection, (one.line.slot_id for one in lines))
    return [
        Told(
            f"{french.sentence(french.day_name(one.line.day))},"
            f" {catalogue.slots[one.line.slot_id].label}",
            False,
            one.reason or "impossible",
        )
        for one in lines
    ]


async def _result(
    desk: Desk,
    told: Sequence[Told],
    *,
    title: str,
    request_id: UUID | None = None,
    status: int = 200,
) -> Response:
    async with desk.runtime.database.reading() as connection:
        pending = await count_pending(connection)
    return desk.pages.html(
        "guichet_reponse.html",
        desk.principal,
        title=title,
        section="desk",
        pending=pending,
        status=status,
        family=desk.place.family,
        child=desk.place.child,
        lines=told,
        request_url=f"{QUEUE}/{request_id}" if request_id else None,
        receipt_url=f"{QUEUE}/{request_id}/accuse.pdf" if request_id else None,
        back=desk.place.url,
    )
