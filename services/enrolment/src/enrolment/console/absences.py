"""An absence that was accepted is taken back: why, and what it does, said before."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from chassis.web import french
from chassis.web.shapes import FieldError
from enrolment.domain.booking import AbsenceState
from enrolment.domain.request import DayIsFull, NotReversible, RequestChanged
from enrolment.domain.submission import NotFound
from enrolment.store.absences import absences_of_request
from enrolment.store.request_lists import count_pending
from enrolment.store.request_records import find_request
from enrolment.use_cases.reverse_absence import Reversal, reverse_absence
from enrolment.use_cases.sight import sees_request, sight_of

from .choice import QUEUE
from .deciding import DecidingDesk
from .desk import Desk, not_found
from .forms import UnusableReason, decision_form, form_fields, one, usable_reason
from .pages import PageRoute
from .readers import in_console

router = APIRouter(route_class=PageRoute)

NO_DOCUMENT = "Le justificatif demandé n’a pas été reçu dans le délai."
WHY = "Écrivez pourquoi l’absence est annulée."
PLACE = "/demandes/{request_id}/absences/{absence_id}"


@router.get(PLACE)
async def asked(
    request_id: UUID,
    absence_id: UUID,
    desk: DecidingDesk,
    why: Annotated[Literal["justificatif"] | None, Query(alias="motif")] = None,
) -> Response:
    typed = NO_DOCUMENT if why else ""
    return await _page(desk, request_id, absence_id, typed=typed)


@router.post(PLACE)
async def take_back(request_id: UUID, absence_id: UUID, desk: DecidingDesk) -> Response:
    form = await decision_form(desk.request)
    confirmed = one(await form_fields(desk.request), "confirmed") == "yes"
    try:
        reversal = Reversal(
            request_id,
            absence_id,
            form.version,
            in_console(desk.principal),
            usable_reason(form.typed_reason, WHY),
            over_capacity=confirmed,
        )
        async with desk.runtime.database.transaction() as transaction:
            await reverse_absence(transaction, reversal, now=desk.runtime.clock.now())
    except NotFound:
        raise not_found() from None
    except RequestChanged as changed:
        return await desk.sheet(
            request_id, warning=str(changed), unsaved=form.typed_reason, status=409
        )
    except (UnusableReason, NotReversible, DayIsFull) as refusal:
        return await _page(desk, request_id, absence_id, typed=form.typed_reason, refusal=refusal)
    return RedirectResponse(f"{QUEUE}/{request_id}", 303)


async def _page(
    desk: Desk,
    request_id: UUID,
    absence_id: UUID,
    *,
    typed: str = "",
    refusal: Exception | None = None,
) -> Response:
    async with desk.runtime.database.reading() as connection:
        sight = await sight_of(connection, desk.principal)
        if not await sees_request(connection, sight, request_id):
            raise not_found()
        record = await find_request(connection, request_id)
        declared = await absences_of_request(connection, request_id)
        pending = await count_pending(connection)
    absence = next((x for x in declared if x.absence_id == absence_id), None)
    lines = record.lines if record else ()
    line = next((x for x in lines if absence and x.booking_id == absence.booking_id), None)
    if record is None or line is None or absence is None:
        raise not_found()
    wrong = str(refusal) if isinstance(refusal, UnusableReason) else None
    return desk.pages.html(
        "absence_annulee.html",
        desk.principal,
        title="Annuler une absence acceptée",
        pending=pending,
        status=200 if refusal is None else 422 if wrong else 409,
        record=record,
        who=f"{line.child_given_name} {line.child_family_name}",
        what=f"{line.slot_label}, {french.day_long(line.day)}",
        possible=absence.state is AbsenceState.ACCEPTED,
        here=f"{QUEUE}/{request_id}/absences/{absence_id}",
        back=f"{QUEUE}/{request_id}",
        typed=typed,
        wrong=wrong,
        errors=[FieldError("reason", wrong)] if wrong else [],
        refused=str(refusal) if isinstance(refusal, NotReversible) else None,
        full=str(refusal) if isinstance(refusal, DayIsFull) else None,
    )
