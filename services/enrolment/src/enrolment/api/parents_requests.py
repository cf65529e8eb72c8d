"""Doors for the signed-in family: several days at once, cancelling, absences, offers."""

from itertools import product
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from chassis.auth import Audience, Principal, allow
from chassis.database import Transaction
from chassis.problems import Problem
from chassis.runtime import RuntimeOf
from enrolment.domain.absence import AbsenceReason, Proof
from enrolment.domain.pattern import WeeklyPattern
from enrolment.domain.submission import Line
from enrolment.own import own_of
from enrolment.store.absences import all_reasons
from enrolment.use_cases.answer_offer import accept_offer, decline_offer, leave_waiting_list
from enrolment.use_cases.cancel_bookings import Cancellation, cancel_bookings
from enrolment.use_cases.declare_absence import (
    AbsenceAnswer,
    Declaration,
    declare_absence,
    preview_absence,
)
from enrolment.use_cases.preview_request import preview_request
from enrolment.use_cases.submit_request import Submission, Submitted, submit_request

from .answers import line_fields, request_out
from .healing import with_family
from .parents import actor_of
from .parents_schemas import (
    MOST_LINES,
    AbsenceFields,
    AbsenceIn,
    AbsenceLineOut,
    AbsencePreviewOut,
    CancelIn,
    OwnReasonList,
    OwnReasonOut,
    PreviewOut,
    SeveralFields,
    SeveralIn,
)
from .problems import explained
from .schemas import NamedLineOut, RequestOut
from .sending import sent

router = APIRouter(prefix="/v1/me", tags=["parents"])

OwnFamily = Annotated[Principal, allow(Audience.FAMILY)]


@router.post("/requests/several", status_code=201)
async def several(
    runtime: RuntimeOf, principal: OwnFamily, body: SeveralIn, response: Response
) -> RequestOut:
    """Several children, slots and days in one request, answered line by line."""
    submission = Submission(
        body.request_id, principal.own_family, _lines(body), actor_of(principal)
    )

    async def send(transaction: Transaction) -> Submitted:
        return await submit_request(
            transaction,
            submission,
            now=runtime.clock.now(),
            calendar=own_of(runtime).calendar,
        )

    return await sent(runtime, principal, response, send)


@router.post("/requests/several/preview")
async def preview_several(
    runtime: RuntimeOf, principal: OwnFamily, body: SeveralFields
) -> PreviewOut:
    """The same, before anything is sent."""
    submission = Submission(
        principal.own_family, principal.own_family, _lines(body), actor_of(principal)
    )

    async def look() -> PreviewOut:
        async with runtime.database.reading() as connection:
            lines = await preview_request(
                connection,
                submission,
                now=runtime.clock.now(),
                calendar=own_of(runtime).calendar,
            )
        return PreviewOut(lines=[NamedLineOut.model_validate(line_fields(line)) for line in lines])

    return await with_family(runtime, principal.own_family, look)


@router.post("/cancellations", status_code=201)
async def cancel(
    runtime: RuntimeOf, principal: OwnFamily, body: CancelIn, response: Response
) -> RequestOut:
    cancellation = Cancellation(
        body.request_id,
        principal.own_family,
        tuple(Line(line.child_id, line.slot_id, line.day) for line in body.lines),
        actor_of(principal),
    )

    async def send(transaction: Transaction) -> Submitted:
        return await cancel_bookings(
            transaction,
            cancellation,
            now=runtime.clock.now(),
            calendar=own_of(runtime).calendar,
        )

    return await sent(runtime, principal, response, send)


@router.get("/absence-reasons")
async def reasons(runtime: RuntimeOf, _: OwnFamily) -> OwnReasonList:
    """Those a family may choose, in the authority's order; a few dozen at most."""
    async with runtime.database.asking() as connection:
        found = await all_reasons(connection)
    offered = [one for one in found if one.active and not one.staff_only]
    return OwnReasonList(items=[_reason(one) for one in offered])


@router.post("/absences/preview")
async def preview(
    runtime: RuntimeOf, principal: OwnFamily, body: AbsenceFields
) -> AbsencePreviewOut:
    """What declaring would change on the bill, before anything is declared."""
    declaration = _declaration(principal, body, principal.own_family)

    async def look() -> AbsencePreviewOut:
        async with runtime.database.reading() as connection:
            found = await preview_absence(
                connection,
                declaration,
                now=runtime.clock.now(),
                calendar=own_of(runtime).calendar,
            )
        return AbsencePreviewOut(
            lines=[_absence_line(one) for one in found.answers],
            document_due_at=found.document_due_at,
        )

    with explained():
        return await with_family(runtime, principal.own_family, look)


@router.post("/absences", status_code=201)
async def declare(
    runtime: RuntimeOf, principal: OwnFamily, body: AbsenceIn, response: Response
) -> RequestOut:
    declaration = _declaration(principal, body, body.request_id)

    async def send(transaction: Transaction) -> Submitted:
        return await declare_absence(
            transaction,
            declaration,
            now=runtime.clock.now(),
            calendar=own_of(runtime).calendar,
        )

    return await sent(runtime, principal, response, send)


@router.post("/offers/{booking_id}/accept")
async def accept(runtime: RuntimeOf, principal: OwnFamily, booking_id: UUID) -> RequestOut:
    async with runtime.database.transaction() as transaction:
        record = await accept_offer(
            transaction,
            principal.own_family,
            booking_id,
            actor_of(principal),
            now=runtime.clock.now(),
        )
    return request_out(record, runtime.shared.authority)


@router.post("/offers/{booking_id}/decline", status_code=204)
async def decline(runtime: RuntimeOf, principal: OwnFamily, booking_id: UUID) -> None:
    async with runtime.database.transaction() as transaction:
        await decline_offer(transaction, principal.own_family, booking_id, now=runtime.clock.now())


@router.post("/waiting-list/{booking_id}/leave", status_code=204)
async def leave(runtime: RuntimeOf, principal: OwnFamily, booking_id: UUID) -> None:
    async with runtime.database.transaction() as transaction:
        await leave_waiting_list(
            transaction, principal.own_family, booking_id, now=runtime.clock.now()
        )


def _lines(body: SeveralFields) -> tuple[Line, ...]:
    """Children × slots × days, each once. Raises InvalidPattern, Problem 422."""
    days = set(body.days)
    if body.first_day is not None and body.last_day is not None:
        pattern = WeeklyPattern(frozenset(body.weekdays), body.first_day, body.last_day)
        days.update(pattern.days())
    lines = [
        Line(child_id, slot_id, day)
        for day, child_id, slot_id in product(
            sorted(days), dict.fromkeys(body.child_ids), dict.fromkeys(body.slot_ids)
        )
    ]
    if not lines:
        raise _unusable("Aucun jour ne correspond à ce choix.")
    if len(lines) > MOST_LINES:
        raise _unusable("Cela fait trop de jours en une fois : choisissez une période plus courte.")
    return tuple(lines)


def _unusable(words: str) -> Problem:
    return Problem(422, "enrolment.days-unusable", "Choix à revoir", words)


def _reason(reason: AbsenceReason) -> OwnReasonOut:
    return OwnReasonOut(
        code=reason.code,
        label=reason.label,
        needs_text=reason.needs_text,
        needs_document=reason.proof is Proof.DOCUMENT,
    )


def _declaration(principal: Principal, body: AbsenceFields, request_id: UUID) -> Declaration:
    return Declaration(
        request_id=request_id,
        family_id=principal.own_family,
        child_ids=tuple(dict.fromkeys(body.child_ids)),
        first=body.first_day,
        last=body.last_day,
        reason_code=body.reason,
        actor=actor_of(principal),
        reason_text=body.reason_text,
        slot_id=body.slot_id,
    )


def _absence_line(answer: AbsenceAnswer) -> AbsenceLineOut:
    return AbsenceLineOut.model_validate(
        {**line_fields(answer.line), "effect": answer.effect, "in_notice": answer.in_notice}
    )
