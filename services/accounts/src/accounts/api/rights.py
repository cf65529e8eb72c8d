"""The doors to a family's rights: a copy of its data, and being forgotten."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from accounts.domain.rights import Export, ExportState, UnknownExport
from accounts.resources import ResourcesOf
from accounts.store.data_keys import data_key_of
from accounts.store.erasures import all_erasures, erasure_of
from accounts.store.exports import export_by_id, exports_of, pieces_of
from accounts.use_cases.ask_export import ask_export
from accounts.use_cases.erase_family import ask_erasure, erase_family, withdraw_erasure
from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf

from .callers import reader_of
from .files import INERT
from .paging import PAGE_SIZE, Page, pages_for
from .rights_schemas import (
    ErasureOut,
    Erasures,
    ExportIn,
    ExportOut,
    Exports,
    OwnErasure,
    erasure_out,
    export_out,
)

router = APIRouter(tags=["rights"])

FamilyCaller = Annotated[Principal, allow(Audience.FAMILY)]
Administrator = Annotated[Principal, allow(Audience.ADMIN)]


@router.post("/v1/me/exports", status_code=202)
async def ask(
    body: ExportIn, principal: FamilyCaller, runtime: RuntimeOf, own: ResourcesOf
) -> ExportOut:
    async with runtime.database.transaction() as transaction:
        asked = await ask_export(
            transaction,
            body.export_id,
            principal.own_family,
            principal.guardian_id,
            reader_of(principal),
            runtime.clock.now(),
        )
    own.export_asked.set()
    return export_out(asked)


@router.get("/v1/me/exports")
async def own_exports(principal: FamilyCaller, runtime: RuntimeOf) -> Exports:
    async with runtime.database.reading() as connection:
        found = await exports_of(connection, principal.own_family)
    shown = [one for one in found if one.is_visible_to(principal.guardian_id)]
    return Exports(items=[export_out(one) for one in shown])


@router.get("/v1/me/exports/{export_id}/content", response_class=StreamingResponse)
async def content(
    export_id: UUID, principal: FamilyCaller, runtime: RuntimeOf, own: ResourcesOf
) -> StreamingResponse:
    export = await _own_export(runtime, principal, export_id)

    async def pieces() -> AsyncIterator[bytes]:
        async with runtime.database.reading() as connection:
            key = await data_key_of(connection, own.master_keys, export.family_id)
            if key is not None:
                async for piece in pieces_of(connection, key, export):
                    yield piece

    headers = {**INERT, "Content-Disposition": 'attachment; filename="mes-donnees.zip"'}
    return StreamingResponse(pieces(), media_type="application/zip", headers=headers)


@router.get("/v1/me/erasure")
async def own_erasure(principal: FamilyCaller, runtime: RuntimeOf) -> OwnErasure:
    async with runtime.database.reading() as connection:
        found = await erasure_of(connection, principal.own_family)
    return OwnErasure(asked_at=found.asked_at if found else None)


@router.post("/v1/me/erasure")
async def ask_to_be_forgotten(principal: FamilyCaller, runtime: RuntimeOf) -> OwnErasure:
    async with runtime.database.transaction() as transaction:
        asked = await ask_erasure(
            transaction, principal.own_family, principal.name, runtime.clock.now()
        )
    return OwnErasure(asked_at=asked.asked_at)


@router.post("/v1/me/erasure/withdraw", status_code=204)
async def think_better_of_it(principal: FamilyCaller, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await withdraw_erasure(transaction, principal.own_family)


@router.get("/v1/staff/erasures", dependencies=[allow(Audience.ADMIN, Audience.AUDITOR)])
async def erasures(runtime: RuntimeOf, page: Page = 1) -> Erasures:
    """Those to carry out first, with what is still waiting for each."""
    async with runtime.database.reading() as connection:
        found, total = await all_erasures(
            connection, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
    now = runtime.clock.now()
    items = [erasure_out(one, now) for one in found]
    return Erasures(items=items, page=page, pages=pages_for(total), total=total)


@router.post("/v1/staff/families/{family_id}/erasure")
async def forget(family_id: UUID, principal: Administrator, runtime: RuntimeOf) -> ErasureOut:
    """Carried out at once, and for good."""
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        done = await erase_family(transaction, family_id, principal.name, now)
    return erasure_out(done, now)


async def _own_export(runtime: Runtime, principal: Principal, export_id: UUID) -> Export:
    async with runtime.database.reading() as connection:
        export = await export_by_id(connection, export_id)
    if export is None or export.family_id != principal.own_family:
        raise UnknownExport
    over = export.expires_at is None or export.expires_at <= runtime.clock.now()
    if not export.is_visible_to(principal.guardian_id) or over:
        raise UnknownExport
    if export.state is not ExportState.READY:
        raise UnknownExport
    return export
