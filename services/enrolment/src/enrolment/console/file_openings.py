"""What is opened from a family's file on purpose: health data, a child's sheet, a document.

Nothing of it is kept here; accounts checks who asks, and notes the opening for the family.
"""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.auth import STAFF, Audience, Principal, allow
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.runtime import RuntimeOf
from enrolment.store.request_lists import count_pending
from portail_contracts.catalogue import Context

from .asking import asking
from .family_sheet import FAMILIES
from .pages import PageRoute, PagesOf
from .sealed import away, passed_on, refusal

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Opener = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.CENTRE)]
AnyOpener = Annotated[Principal, allow(*STAFF)]
SHEETS: Final = {"fiche.pdf": "sheet.pdf", "fiche-complete.pdf": "complete-sheet.pdf"}


@router.get("/familles/{family_id}/enfants/{child_id}/sante")
async def health(
    family_id: UUID,
    child_id: UUID,
    request: Request,
    principal: Opener,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    """Raises Problem 403, 404 or 503."""
    asked = asking(request, runtime.peers)
    try:
        found = await asked.get(Context.ACCOUNTS, f"/v1/staff/children/{child_id}/health/words")
    except PeerRefused as refused:
        raise refusal(refused.status, refused.problem) from None
    except PeerUnavailable:
        raise away() from None
    async with runtime.database.reading() as connection:
        pending = await count_pending(connection)
    return pages.html(
        "sante_enfant.html",
        principal,
        title="Données sanitaires de l’enfant",
        section="families",
        pending=pending,
        sections=found["sections"],
        back=f"{FAMILIES}/{family_id}",
    )


@router.get("/familles/{family_id}/enfants/{child_id}/{sheet}")
async def child_sheet(
    child_id: UUID,
    sheet: Literal["fiche.pdf", "fiche-complete.pdf"],
    request: Request,
    _: AnyOpener,
    runtime: RuntimeOf,
) -> Response:
    return await passed_on(request, runtime, f"/v1/staff/children/{child_id}/{SHEETS[sheet]}")


@router.get("/familles/{family_id}/justificatifs/{document_id}")
async def document(
    document_id: UUID, request: Request, _: AnyOpener, runtime: RuntimeOf
) -> Response:
    path = f"/v1/staff/documents/{document_id}/content?purpose=care"
    return await passed_on(request, runtime, path)
