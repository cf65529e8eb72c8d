"""Accepting and refusing: one request, or all that were ticked."""

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from chassis.runtime import Runtime
from enrolment.domain.request import NothingAccepted, RequestChanged, RulingMissing
from enrolment.domain.submission import NotFound
from enrolment.store.refusal_reasons import find_refusal_reason
from enrolment.use_cases.accept_many import accept_many
from enrolment.use_cases.accept_request import accept_request
from enrolment.use_cases.decisions import Decision
from enrolment.use_cases.refuse_request import refuse_request

from . import bulk
from .changes import REASON_NEEDED, ticked
from .deciding import DecidingDesk
from .desk import Told, not_found
from .forms import DecisionForm, UnusableReason, decision_form, form_fields, usable_reason
from .pages import PageRoute
from .readers import in_console

router = APIRouter(route_class=PageRoute)

RULING = "Dites si cette absence est facturée\u00a0: son motif ne le dit pas."
NONE_TICKED = "Cochez au moins une demande."


@router.post("/demandes/accepter")
async def accept_ticked(desk: DecidingDesk) -> Response:
    fields = await form_fields(desk.request, most=200)
    ticked = bulk.ticked(fields.get("selected", []), in_console(desk.principal))
    if not ticked:
        return await desk.board(None, None, Told(warning=NONE_TICKED), status=422)
    runtime = desk.runtime
    return await desk.many_answered(await accept_many(runtime.database, ticked, runtime.clock))


@router.post("/demandes/{request_id}/accepter")
async def accept(request_id: UUID, desk: DecidingDesk) -> Response:
    form = await decision_form(desk.request)
    chosen = ticked(await form_fields(desk.request))
    again = replace(desk, ticked=chosen)
    if chosen.missing:
        return await again.sheet(request_id, warning=REASON_NEEDED, status=422)
    decision = Decision(
        request_id,
        form.version,
        in_console(desk.principal),
        billable=form.billable,
        refused_items={item: why.strip() for item, why in chosen.refused.items()},
    )
    try:
        async with desk.runtime.database.transaction() as transaction:
            await accept_request(transaction, decision, now=desk.runtime.clock.now())
    except NotFound:
        raise not_found() from None
    except RulingMissing:
        return await desk.sheet(request_id, warning=RULING, status=422)
    except NothingAccepted as nothing:
        return await again.sheet(request_id, warning=str(nothing), status=422)
    except RequestChanged as changed:
        return await desk.sheet(request_id, warning=str(changed), status=409)
    return RedirectResponse(desk.choice.url(fait=str(request_id)), 303)


@router.post("/demandes/{request_id}/refuser")
async def refuse(request_id: UUID, desk: DecidingDesk) -> Response:
    form = await decision_form(desk.request)
    decision = Decision(request_id, form.version, in_console(desk.principal))
    try:
        reason = usable_reason(await _words(desk.runtime, form))
        async with desk.runtime.database.transaction() as transaction:
            await refuse_request(transaction, decision, reason, now=desk.runtime.clock.now())
    except UnusableReason as wrong:
        return await desk.refusal_again(request_id, form.typed_reason, str(wrong))
    except NotFound:
        raise not_found() from None
    except RequestChanged as changed:
        return await desk.sheet(
            request_id, warning=str(changed), unsaved=form.typed_reason, status=409
        )
    return RedirectResponse(desk.choice.url(fait=str(request_id)), 303)


async def _words(runtime: Runtime, form: DecisionForm) -> str:
    """What was typed; the chosen reason at hand when nothing was."""
    if form.typed_reason.strip() or form.ready_reason is None:
        return form.typed_reason
    async with runtime.database.reading() as connection:
        ready = await find_refusal_reason(connection, form.ready_reason)
    return ready.words if ready else ""
