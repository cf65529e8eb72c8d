"""Pre-registrations: for the gateway's public page, and for the front desk's paper forms."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from accounts.domain.change import UnknownChange
from accounts.domain.newcomer_document import MOST
from accounts.domain.preregistration import (
    CHILD,
    GUARDIAN,
    MOST_CHILDREN,
    MOST_GUARDIANS,
    PREREGISTER,
    WISH,
)
from accounts.printing import preregistration_form
from accounts.store.changes import find_change
from accounts.use_cases.admit_sending import admit_sending
from accounts.use_cases.keep_change import Author, Proposed
from accounts.use_cases.preregister import preregister
from chassis.auth import Audience, Principal, allow
from chassis.clock import PARIS, local_date
from chassis.documents.answers import pdf
from chassis.problems import Problem
from chassis.receipts import due_on, silence
from chassis.runtime import RuntimeOf

from .preregistration_schemas import (
    FormOut,
    PaperIn,
    PreregistrationIn,
    ReceiptOut,
    described,
    kinds_of_documents,
)
from .problems import fields_told, waits_told

router = APIRouter(prefix="/v1", tags=["preregistration"])

FORM = "preregister"
OURS = allow(Audience.SERVICE)
Clerk = Annotated[Principal, allow(Audience.SECRETARIAT)]


@router.get("/preregistrations/form", dependencies=[OURS])
async def form() -> FormOut:
    return FormOut(
        guardian=described(GUARDIAN),
        child=described(CHILD),
        wish=described(WISH),
        most_guardians=MOST_GUARDIANS,
        most_children=MOST_CHILDREN,
        documents=kinds_of_documents(),
        most_documents=MOST,
    )


@router.post("/preregistrations", status_code=201, dependencies=[OURS])
async def submit(body: PreregistrationIn, runtime: RuntimeOf, response: Response) -> ReceiptOut:
    with fields_told(), waits_told():
        async with runtime.database.transaction() as transaction:
            now = runtime.clock.now()
            proposed = await preregister(transaction, body.request_id, body.typed, now)
            if proposed.is_new:
                await admit_sending(transaction, FORM, body.address, now)
    response.status_code = 201 if proposed.is_new else 200
    return _receipt(proposed)


@router.post("/staff/preregistrations", status_code=201)
async def from_paper(
    body: PaperIn, principal: Clerk, runtime: RuntimeOf, response: Response
) -> ReceiptOut:
    """A form on paper, with the day when it came in."""
    now = runtime.clock.now()
    if body.received_on > local_date(now):
        raise Problem(
            422,
            "accounts.received-later",
            "Cette date est dans le futur",
            "Indiquez un jour passé.",
        )
    with fields_told():
        async with runtime.database.transaction() as transaction:
            proposed = await preregister(
                transaction,
                body.request_id,
                body.typed,
                now,
                received_at=min(_noon(body.received_on), now),
                author=Author(principal.name, channel="front_desk"),
            )
    response.status_code = 201 if proposed.is_new else 200
    return _receipt(proposed)


@router.get("/preregistrations/blank-form.pdf", dependencies=[OURS])
async def blank(runtime: RuntimeOf) -> Response:
    html = preregistration_form(runtime.shared.authority, None, runtime.clock.now())
    return pdf(await runtime.documents.render(html), "preinscription.pdf")


@router.get("/preregistrations/{request_id}/form.pdf", dependencies=[OURS])
async def filled(request_id: UUID, runtime: RuntimeOf) -> Response:
    async with runtime.database.reading() as connection:
        change = await find_change(connection, request_id)
    if change is None or change.kind != PREREGISTER:
        raise UnknownChange
    html = preregistration_form(runtime.shared.authority, change, runtime.clock.now())
    return pdf(await runtime.documents.render(html), f"preinscription-{change.number}.pdf")


def _receipt(proposed: Proposed) -> ReceiptOut:
    change = proposed.change
    due = due_on(local_date(change.submitted_at))
    return ReceiptOut(
        request_id=change.request_id,
        number=change.number,
        submitted_at=change.submitted_at,
        due_on=due,
        silence=silence(due),
        documents=[item.label for item in change.items if item.path.startswith("document.")],
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), PARIS)
