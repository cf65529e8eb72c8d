"""« Justificatifs »: supporting documents that absences wait for, the latest of them first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience
from chassis.runtime import RuntimeOf
from chassis.web import french
from enrolment.domain.booking import AbsenceState
from enrolment.domain.submission import NotFound
from enrolment.store.awaited import Awaited, awaited_documents
from enrolment.store.request_lists import count_pending
from enrolment.use_cases.receive_document import receive_document
from enrolment.use_cases.sight import sees_request, sight_of

from .choice import QUEUE
from .desk import not_found
from .pages import PageRoute, PagesOf
from .readers import Decider, Reader

router = APIRouter(route_class=PageRoute)

PROOFS: Final = "/console/justificatifs"


@dataclass(frozen=True)
class Row:
    """One day of an absence whose document has not come."""

    child: str
    what: str
    reason: str
    due: str
    is_late: bool
    number: str
    url: str
    received_url: str
    reverse_url: str | None


@router.get("/justificatifs")
async def proofs(
    principal: Reader,
    runtime: RuntimeOf,
    pages: PagesOf,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    now = runtime.clock.now()
    async with runtime.database.reading() as connection:
        sight = await sight_of(connection, principal)
        found, more = await awaited_documents(connection, sight.requests, page)
        pending = await count_pending(connection)
    return pages.html(
        "justificatifs.html",
        principal,
        title="Justificatifs attendus",
        section="proofs",
        pending=pending,
        rows=list(_rows(found, now)),
        may_act=Audience.SECRETARIAT in principal.audiences,
        previous_url=f"{PROOFS}?page={page - 1}" if page > 1 else None,
        next_url=f"{PROOFS}?page={page + 1}" if more else None,
    )


def _rows(found: list[Awaited], now: datetime) -> Iterator[Row]:
    for one in found:
        request = f"{QUEUE}/{one.request_id}"
        accepted = one.state is AbsenceState.ACCEPTED
        yield Row(
            one.child_name,
            f"{one.slot_label}, {french.day_name(one.day)}",
            one.reason_label,
            french.full_moment(one.due_at),
            one.due_at <= now,
            one.request_number,
            request,
            f"{request}/justificatif",
            f"{request}/absences/{one.absence_id}?motif=justificatif" if accepted else None,
        )


@router.post("/demandes/{request_id}/justificatif")
async def received(request_id: UUID, principal: Decider, runtime: RuntimeOf) -> Response:
    """It has come, by whatever way: nobody waits for it any more."""
    async with runtime.database.transaction() as transaction:
        sight = await sight_of(transaction.connection, principal)
        if not await sees_request(transaction.connection, sight, request_id):
            raise not_found()
        try:
            await receive_document(transaction, request_id, now=runtime.clock.now())
        except NotFound:
            raise not_found() from None
    return RedirectResponse(PROOFS, 303)
