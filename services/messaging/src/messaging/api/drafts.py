"""The signed-in family's drafts and the files on them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chassis.runtime import RuntimeOf
from messaging.store import drafts as store
from messaging.store import files
from messaging.store.threads import find_thread
from messaging.use_cases.keep_draft import (
    UnknownDraft,
    detach_file,
    keep_draft,
    throw_draft_away,
)
from messaging.use_cases.mark_thread import UnknownThread

from .reading import ForFamily, ReaderOf
from .schemas import AttachmentView, DraftIn, Drafts, DraftView
from .uploading import Target, UnknownFile, download, hang

router = APIRouter(prefix="/v1/me", dependencies=[ForFamily])

FileName = Annotated[str, Query(max_length=300)]


@router.get("/drafts")
async def drafts(reader: ReaderOf, runtime: RuntimeOf) -> Drafts:
    """Those of this access; another guardian's drafts are nobody else's business."""
    async with runtime.database.reading() as connection:
        found = await store.drafts_of(connection, reader.reader_id)
        items = [
            DraftView.of(one, await files.files_of_draft(connection, one.draft_id)) for one in found
        ]
    return Drafts(items=items)


@router.get("/drafts/{draft_id}")
async def draft(draft_id: UUID, reader: ReaderOf, runtime: RuntimeOf) -> DraftView:
    async with runtime.database.reading() as connection:
        found = await store.find_draft(connection, reader.reader_id, draft_id)
        if found is None:
            raise UnknownDraft("Ce brouillon n’existe pas.")
        return DraftView.of(found, await files.files_of_draft(connection, draft_id))


@router.put("/drafts/{draft_id}", status_code=204)
async def keep(draft_id: UUID, body: DraftIn, reader: ReaderOf, runtime: RuntimeOf) -> None:
    """The id is made by the client and becomes the message's when it is sent."""
    written = store.Draft(
        draft_id=draft_id,
        owner_id=reader.reader_id,
        family_id=reader.family_id,
        thread_id=body.thread_id,
        subject=body.subject,
        about=body.about.about(),
        centre=body.of_centre(),
        only_me=body.only_me,
        body=body.body,
        updated_at=runtime.clock.now(),
    )
    async with runtime.database.transaction() as transaction:
        connection = transaction.connection
        if body.thread_id and not await find_thread(connection, reader, body.thread_id):
            raise UnknownThread("Cette conversation n’existe pas.")
        await keep_draft(transaction, written)


@router.delete("/drafts/{draft_id}", status_code=204)
async def throw_away(draft_id: UUID, reader: ReaderOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await throw_draft_away(transaction, reader.reader_id, draft_id)


@router.put("/drafts/{draft_id}/attachments/{attachment_id}", status_code=201)
async def attach(
    draft_id: UUID,
    attachment_id: UUID,
    name: FileName,
    request: Request,
    reader: ReaderOf,
    runtime: RuntimeOf,
) -> AttachmentView:
    """The body is the file itself. What it is, is found by reading it."""
    target = Target(reader.reader_id, draft_id, attachment_id)
    return await hang(runtime, target, name, request)


@router.delete("/drafts/{draft_id}/attachments/{attachment_id}", status_code=204)
async def detach(draft_id: UUID, attachment_id: UUID, reader: ReaderOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await detach_file(transaction, reader.reader_id, draft_id, attachment_id)


@router.get("/attachments/{attachment_id}", response_class=Response)
async def attachment(attachment_id: UUID, reader: ReaderOf, runtime: RuntimeOf) -> Response:
    async with runtime.database.reading() as connection:
        found = await files.file_for_reader(connection, reader, attachment_id)
    if found is None:
        raise UnknownFile("Ce fichier n’existe pas.")
    return download(found)
