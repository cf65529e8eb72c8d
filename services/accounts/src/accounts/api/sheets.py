"""The doors to a child's sheet on paper."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from accounts.child_paper import child_paper, paper_name
from accounts.domain.reading import Part, Purpose
from accounts.resources import Resources, ResourcesOf
from accounts.use_cases.read_child_sheet import SheetReader, read_child_sheet
from chassis.auth import Audience, Principal, allow
from chassis.documents.answers import pdf
from chassis.runtime import Runtime, RuntimeOf

from .callers import opened_by, reader_of
from .health import of_staff

router = APIRouter(tags=["sheets"])

FamilyCaller = Annotated[Principal, allow(Audience.FAMILY)]
PurposeOf = Annotated[Purpose, Query()]


@router.get("/v1/me/children/{child_id}/sheet.pdf", response_class=Response)
async def own_sheet(
    child_id: UUID, principal: FamilyCaller, runtime: RuntimeOf, own: ResourcesOf
) -> Response:
    return await _printed(runtime, own, _family(principal), child_id, complete=False)


@router.get("/v1/me/children/{child_id}/complete-sheet.pdf", response_class=Response)
async def own_complete_sheet(
    child_id: UUID, principal: FamilyCaller, runtime: RuntimeOf, own: ResourcesOf
) -> Response:
    return await _printed(runtime, own, _family(principal), child_id, complete=True)


@router.get("/v1/staff/children/{child_id}/sheet.pdf", response_class=Response)
async def sheet(
    child_id: UUID,
    principal: Annotated[Principal, opened_by(Part.SHEET)],
    runtime: RuntimeOf,
    own: ResourcesOf,
    purpose: PurposeOf = Purpose.CARE,
) -> Response:
    return await _printed(runtime, own, _staff(principal, purpose), child_id, complete=False)


@router.get("/v1/staff/children/{child_id}/complete-sheet.pdf", response_class=Response)
async def complete_sheet(
    child_id: UUID,
    principal: Annotated[Principal, opened_by(Part.COMPLETE_SHEET)],
    runtime: RuntimeOf,
    own: ResourcesOf,
    purpose: PurposeOf = Purpose.CARE,
) -> Response:
    return await _printed(runtime, own, _staff(principal, purpose), child_id, complete=True)


def _family(principal: Principal) -> SheetReader:
    reader = reader_of(principal)
    return SheetReader(reader, Purpose.OWN, principal.own_family, principal.guardian_id)


def _staff(principal: Principal, purpose: Purpose) -> SheetReader:
    return SheetReader(reader_of(principal), of_staff(purpose))


async def _printed(
    runtime: Runtime, own: Resources, by: SheetReader, child_id: UUID, *, complete: bool
) -> Response:
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        found = await read_child_sheet(
            transaction, own.master_keys, by, child_id, now, complete=complete
        )
    html = child_paper(found, runtime.shared.authority, by.reader.name, now)
    return pdf(await runtime.documents.render(html), paper_name(found))
