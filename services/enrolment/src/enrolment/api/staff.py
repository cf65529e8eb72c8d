"""Doors for staff: the queue of requests, decisions, the front desk."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.auth import Audience, Principal, allow
from chassis.identifiers import new_id
from chassis.runtime import RuntimeOf
from enrolment.domain.request import Actor, Channel, RequestState
from enrolment.domain.submission import Line, NotFound
from enrolment.store.absences import absences_of_request
from enrolment.store.request_lists import queue_of_requests
from enrolment.store.request_records import RequestRecord
from enrolment.use_cases.accept_request import accept_request
from enrolment.use_cases.book_at_front_desk import book_at_front_desk
from enrolment.use_cases.decisions import Decision
from enrolment.use_cases.receive_document import receive_document
from enrolment.use_cases.refuse_request import refuse_request
from enrolment.use_cases.reverse_absence import Reversal, reverse_absence
from enrolment.use_cases.show_requests import LineDetail, show_request_to_staff
from enrolment.use_cases.sight import sees_request, sight_of
from enrolment.use_cases.submit_request import Submission
from portail_contracts.enrolment import RequestKind

from .absence_schemas import AbsenceOut, DocumentOut
from .answers import item_fields, line_fields, request_out
from .healing import with_family
from .problems import explained
from .schemas import (
    AcceptIn,
    FrontDeskIn,
    RefuseIn,
    RequestOut,
    ReverseIn,
    StaffLineOut,
    StaffRequestItem,
    StaffRequestList,
    StaffRequestOut,
    TransitionOut,
)

router = APIRouter(prefix="/v1/staff", tags=["staff"])

Reader = Annotated[
    Principal, allow(Audience.SECRETARIAT, Audience.CENTRE, Audience.ADMIN, Audience.AUDITOR)
]
Decider = Annotated[Principal, allow(Audience.SECRETARIAT)]


@router.get("/requests")
async def queue(
    runtime: RuntimeOf,
    principal: Reader,
    state: RequestState | None = None,
    kind: RequestKind | None = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> StaffRequestList:
    async with runtime.database.reading() as connection:
        sight = await sight_of(connection, principal)
        found = await queue_of_requests(connection, state, kind, page, sight.requests)
    items = [StaffRequestItem.model_validate(_item_fields(record)) for record in found.items]
    return StaffRequestList(items=items, page=found.page, pages=found.pages, total=found.total)


@router.get("/requests/{request_id}")
async def one_request(runtime: RuntimeOf, principal: Reader, request_id: UUID) -> StaffRequestOut:
    async with runtime.database.reading() as connection:
        if not await sees_request(connection, await sight_of(connection, principal), request_id):
            raise NotFound
        detail = await show_request_to_staff(connection, request_id, calendar=runtime.own.calendar)
        declared = await absences_of_request(connection, request_id)
    return StaffRequestOut.model_validate(
        {
            **_item_fields(detail.request),
            "lines": [_line_out(line) for line in detail.lines],
            "transitions": [
                TransitionOut.model_validate(step, from_attributes=True)
                for step in detail.transitions
            ],
            "absences": [AbsenceOut.model_validate(one, from_attributes=True) for one in declared],
        }
    )


@router.post("/requests/{request_id}/accept")
async def accept(
    runtime: RuntimeOf, principal: Decider, request_id: UUID, body: AcceptIn
) -> RequestOut:
    decision = Decision(
        request_id,
        body.version,
        _actor(principal),
        billable=body.billable,
        refused_items={item.item_id: item.reason for item in body.refused_items},
    )
    with explained():
        async with runtime.database.transaction() as transaction:
            record = await accept_request(transaction, decision, now=runtime.clock.now())
    return request_out(record, runtime.shared.authority)


@router.post("/requests/{request_id}/refuse")
async def refuse(
    runtime: RuntimeOf, principal: Decider, request_id: UUID, body: RefuseIn
) -> RequestOut:
    decision = Decision(request_id, body.version, _actor(principal))
    with explained():
        async with runtime.database.transaction() as transaction:
            record = await refuse_request(
                transaction, decision, body.reason, now=runtime.clock.now()
            )
    return request_out(record, runtime.shared.authority)


@router.post("/requests/{request_id}/absences/{absence_id}/reverse")
async def reverse(
    runtime: RuntimeOf, principal: Decider, request_id: UUID, absence_id: UUID, body: ReverseIn
) -> RequestOut:
    """An absence that was accepted by mistake: the child is expected, and billed, again."""
    reversal = Reversal(
        request_id,
        absence_id,
        body.version,
        _actor(principal),
        body.reason,
        over_capacity=body.over_capacity,
    )
    with explained():
        async with runtime.database.transaction() as transaction:
            record = await reverse_absence(transaction, reversal, now=runtime.clock.now())
    return request_out(record, runtime.shared.authority)


@router.post("/requests/{request_id}/document-received")
async def document_received(
    runtime: RuntimeOf, principal: Decider, request_id: UUID
) -> DocumentOut:
    """The supporting document of an absence has come: how many days waited for it."""
    async with runtime.database.transaction() as transaction:
        days = await receive_document(transaction, request_id, now=runtime.clock.now())
    return DocumentOut(days=days)


@router.post("/front-desk/bookings", status_code=201)
async def book(
    runtime: RuntimeOf, principal: Decider, body: FrontDeskIn, response: Response
) -> RequestOut:
    submission = Submission(
        request_id=body.request_id or new_id(),
        family_id=body.family_id,
        lines=tuple(Line(line.child_id, line.slot_id, line.day) for line in body.lines),
        actor=Actor(principal.id, principal.name, Channel.FRONT_DESK, on_behalf_of=body.family_id),
        ignore_notice=body.override_notice,
    )

    async def send() -> RequestOut:
        with explained():
            async with runtime.database.transaction() as transaction:
                submitted = await book_at_front_desk(
                    transaction,
                    submission,
                    now=runtime.clock.now(),
                    calendar=runtime.own.calendar,
                )
        response.status_code = 200 if submitted.repeated else 201
        return request_out(submitted.request, runtime.shared.authority)

    return await with_family(runtime, submission.family_id, send)


def _item_fields(record: RequestRecord) -> dict[str, object]:
    return {
        **item_fields(record),
        "family_id": record.family_id,
        "family_name": record.family_name,
        "family_reference": record.family_reference,
    }


def _line_out(detail: LineDetail) -> StaffLineOut:
    places = detail.places
    return StaffLineOut.model_validate(
        {
            **line_fields(detail.line),
            "age_group": detail.places_key.age_group,
            "capacity": places.capacity if places else None,
            "booked": places.booked if places else None,
            "held": places.held if places else None,
            "cut_off": detail.cut_off,
            "in_notice": detail.in_notice,
        }
    )


def _actor(principal: Principal) -> Actor:
    return Actor(principal.id, principal.name, Channel.CONSOLE)
