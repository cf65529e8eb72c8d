"""Doors for the signed-in family: its agenda, its requests."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.auth import Audience, Principal, allow
from chassis.database import Transaction
from chassis.documents.answers import pdf
from chassis.runtime import Runtime, RuntimeOf
from enrolment.domain.request import Actor, Channel, add_months
from enrolment.domain.school_calendar import ONE_DAY
from enrolment.domain.submission import Line
from enrolment.own import own_of
from enrolment.printing import receipt, receipt_name
from enrolment.store.request_lists import Scope, count_pending
from enrolment.store.waiting import places_offered_to
from enrolment.use_cases.decisions import Decision
from enrolment.use_cases.show_agenda import AgendaView, show_agenda, show_cell
from enrolment.use_cases.show_requests import list_own_requests, show_own_request
from enrolment.use_cases.submit_request import Submission, Submitted, submit_request
from enrolment.use_cases.withdraw_request import withdraw_request

from .answers import cell_out, children_out, days_out, list_out, request_out
from .healing import with_change, with_family
from .problems import explained
from .schemas import (
    CellOut,
    Day,
    MonthOut,
    OfferedPlaceOut,
    PendingCount,
    RequestIn,
    RequestList,
    RequestOut,
    WeekOut,
    WithdrawIn,
)
from .sending import sent

router = APIRouter(prefix="/v1/me", tags=["parents"])

OwnFamily = Annotated[Principal, allow(Audience.FAMILY)]
Month = Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]


@router.get("/agenda")
async def agenda(
    runtime: RuntimeOf, principal: OwnFamily, month: Month, child_id: UUID | None = None
) -> MonthOut:
    # Whole weeks, as a calendar on the wall shows them.
    first = date.fromisoformat(f"{month}-01")
    last = add_months(first, 1) - ONE_DAY
    first -= first.weekday() * ONE_DAY
    last += (6 - last.weekday()) * ONE_DAY
    view = await _view(runtime, principal.own_family, first, last, child_id)
    return MonthOut(
        month=month, children=children_out(view), days=days_out(view), pending=view.pending
    )


@router.get("/week")
async def week(
    runtime: RuntimeOf, principal: OwnFamily, first: Annotated[Day, Query(alias="from")]
) -> WeekOut:
    family_id = principal.own_family
    view = await _view(runtime, family_id, first, first + timedelta(days=6), None)
    async with runtime.database.asking() as connection:
        offered = await places_offered_to(connection, family_id, runtime.clock.now())
    return WeekOut(
        first=first,
        children=children_out(view),
        days=days_out(view),
        pending=view.pending,
        offers=[OfferedPlaceOut.model_validate(one) for one in offered],
    )


@router.get("/agenda/cell")
async def cell(
    runtime: RuntimeOf, principal: OwnFamily, child_id: UUID, slot_id: UUID, day: Day
) -> CellOut:
    family_id, terms = principal.own_family, own_of(runtime)

    async def look() -> CellOut:
        async with runtime.database.reading() as connection:
            return cell_out(
                await show_cell(
                    connection,
                    family_id,
                    child_id,
                    slot_id,
                    day,
                    now=runtime.clock.now(),
                    terms=terms,
                )
            )

    return await with_family(runtime, family_id, look)


@router.post("/requests", status_code=201)
async def submit(
    runtime: RuntimeOf, principal: OwnFamily, body: RequestIn, response: Response
) -> RequestOut:
    submission = Submission(
        request_id=body.request_id,
        family_id=principal.own_family,
        lines=tuple(Line(line.child_id, line.slot_id, line.day) for line in body.lines),
        actor=actor_of(principal),
    )

    async def send(transaction: Transaction) -> Submitted:
        return await submit_request(
            transaction,
            submission,
            now=runtime.clock.now(),
            calendar=own_of(runtime).calendar,
        )

    return await sent(runtime, principal, response, send)


@router.post("/requests/{request_id}/withdraw")
async def withdraw(
    runtime: RuntimeOf, principal: OwnFamily, request_id: UUID, body: WithdrawIn | None = None
) -> RequestOut:
    decision = Decision(request_id, body.version if body else None, actor_of(principal))
    family_id = principal.own_family

    async def take_back() -> RequestOut:
        with explained():
            async with runtime.database.transaction() as transaction:
                record = await withdraw_request(
                    transaction, family_id, decision, now=runtime.clock.now()
                )
        return request_out(record, runtime.shared.authority)

    return await with_change(runtime, family_id, request_id, take_back)


@router.get("/requests")
async def own_requests(
    runtime: RuntimeOf,
    principal: OwnFamily,
    scope: Scope = Scope.ALL,
    history: bool = False,
    page: PageNumber = 1,
) -> RequestList:
    async with runtime.database.reading() as connection:
        found = await list_own_requests(
            connection,
            principal.own_family,
            scope,
            page,
            history=history,
            now=runtime.clock.now(),
        )
    return list_out(found)


@router.get("/requests/count")
async def pending(runtime: RuntimeOf, principal: OwnFamily) -> PendingCount:
    async with runtime.database.asking() as connection:
        return PendingCount(pending=await count_pending(connection, principal.own_family))


@router.get("/requests/{request_id}")
async def own_request(runtime: RuntimeOf, principal: OwnFamily, request_id: UUID) -> RequestOut:
    family_id = principal.own_family

    async def look() -> RequestOut:
        async with runtime.database.reading() as connection:
            record = await show_own_request(connection, family_id, request_id)
        return request_out(record, runtime.shared.authority)

    return await with_change(runtime, family_id, request_id, look)


@router.get("/requests/{request_id}/receipt.pdf", response_class=Response)
async def own_receipt(runtime: RuntimeOf, principal: OwnFamily, request_id: UUID) -> Response:
    async with runtime.database.reading() as connection:
        record = await show_own_request(connection, principal.own_family, request_id)
    html = receipt(record, runtime.shared.authority, runtime.clock.now())
    return pdf(await runtime.documents.render(html), receipt_name(record))


async def _view(
    runtime: Runtime, family_id: UUID, first: date, last: date, child_id: UUID | None
) -> AgendaView:
    async def look() -> AgendaView:
        async with (
            own_of(runtime).viewing.entry(family_id),
            runtime.database.asking() as connection,
        ):
            return await show_agenda(
                connection,
                family_id,
                first,
                last,
                now=runtime.clock.now(),
                terms=own_of(runtime),
                child_id=child_id,
            )

    return await with_family(runtime, family_id, look)


def actor_of(principal: Principal) -> Actor:
    return Actor(principal.id, principal.name, Channel.PORTAL)
