"""Everything kept here about one family, for the copy of its data that it asks accounts for."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from sqlalchemy import select

from chassis.auth import Audience, allow
from chassis.family_rows import Narrower, Viewer, lines_about
from chassis.runtime import RuntimeOf
from messaging.domain.threads import Reader
from messaging.store.messages import visible_to
from messaging.store.tables import drafts, live_events, mails, messages, metadata, reads, threads

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
            async for line in lines_about(connection, metadata, viewer, _own(viewer)):
                yield line

    return StreamingResponse(lines(), media_type="application/x-ndjson")


def _own(viewer: Viewer) -> Narrower:
    """What this access may read in its inbox: nothing of what is for another guardian alone."""
    reader = Reader(viewer.family_id, viewer.guardian_id)
    seen = select(threads.c.thread_id).where(visible_to(reader))
    heard = select(messages.c.message_id).where(messages.c.thread_id.in_(seen))
    return {
        "threads": visible_to(reader),
        "messages": messages.c.thread_id.in_(seen),
        "reads": reads.c.message_id.in_(heard),
        "drafts": drafts.c.owner_id == reader.reader_id,
        **{
            table.name: table.c.guardian_id.is_(None) | (table.c.guardian_id == viewer.guardian_id)
            for table in (mails, live_events)
        },
    }
