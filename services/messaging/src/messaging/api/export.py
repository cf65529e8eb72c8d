"""Everything kept here about one family, for the copy of its data that it asks accounts for."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from chassis.auth import Audience, allow
from chassis.family_rows import Viewer, lines_about
from chassis.runtime import RuntimeOf
from messaging.store.tables import metadata

router = APIRouter(prefix="/v1/internal", tags=["internal"], dependencies=[allow(Audience.SERVICE)])


@router.get("/families/{family_id}/export", response_class=StreamingResponse)
async def export(
    family_id: UUID,
    runtime: RuntimeOf,
    guardian_id: Annotated[UUID | None, Query()] = None,
    apart: Annotated[bool, Query()] = False,
) -> StreamingResponse:
    """One JSON line for each row or file; another guardian's details are left out when apart."""
    viewer = Viewer(family_id, guardian_id, apart)

    async def lines() -> AsyncIterator[bytes]:
        async with runtime.database.reading() as connection:
            async for line in lines_about(connection, metadata, viewer):
                yield line

    return StreamingResponse(lines(), media_type="application/x-ndjson")
