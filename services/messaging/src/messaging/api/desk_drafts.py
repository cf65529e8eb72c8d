"""What staff are writing in a thread, and the files on it."""

from uuid import UUID

from fastapi import APIRouter, Request

from chassis.runtime import RuntimeOf
from messaging.domain.threads import About, Topic
from messaging.store import desk, files
from messaging.store import drafts as store
from messaging.use_cases.keep_draft import detach_file, keep_draft, throw_draft_away
from messaging.use_cases.mark_thread import UnknownThread

from .desk import WRITERS
from .desk_schemas import AnswerDraftIn
from .drafts import FileName
from .reading import AgentOf, ScopeOf
from .schemas import AttachmentView, DraftView
from .uploading import Target, hang

router = APIRouter(prefix="/v1/staff", dependencies=[WRITERS])


@router.get("/threads/{thread_id}/draft")
async def draft_in_thread(
    thread_id: UUID, agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf
) -> DraftView | None:
    """One's own, the latest; what colleagues are writing is theirs until they send it."""
    async with runtime.database.reading() as connection:
        if await desk.find_case(connection, thread_id, scope) is None:
            raise UnknownThread("Cette conversation n’existe pas.")
        found = await store.draft_in(connection, agent.staff_id, thread_id)
        if found is None:
            return None
        return DraftView.of(found, await files.files_of_draft(connection, found.draft_id))


@router.put("/drafts/{draft_id}", status_code=204)
async def keep(
    draft_id: UUID, body: AnswerDraftIn, agent: AgentOf, scope: ScopeOf, runtime: RuntimeOf
) -> None:
    """The id is made by the client and becomes the message's when it is sent.

    It names no family: until it is sent it is the agent's own.
    """
    written = store.Draft(
        draft_id=draft_id,
        owner_id=agent.staff_id,
        family_id=None,
        thread_id=body.thread_id,
        subject="",
        about=About(Topic.OTHER),
        centre=None,
        only_me=False,
        body=body.body,
        updated_at=runtime.clock.now(),
    )
    async with runtime.database.transaction() as transaction:
        if await desk.find_case(transaction.connection, body.thread_id, scope) is None:
            raise UnknownThread("Cette conversation n’existe pas.")
        await keep_draft(transaction, written)


@router.delete("/drafts/{draft_id}", status_code=204)
async def throw_away(draft_id: UUID, agent: AgentOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await throw_draft_away(transaction, agent.staff_id, draft_id)


@router.put("/drafts/{draft_id}/attachments/{attachment_id}", status_code=201)
async def attach(
    draft_id: UUID,
    attachment_id: UUID,
    name: FileName,
    request: Request,
    agent: AgentOf,
    runtime: RuntimeOf,
) -> AttachmentView:
    """The body is the file itself. What it is, is found by reading it."""
    target = Target(agent.staff_id, draft_id, attachment_id)
    return await hang(runtime, target, name, request)


@router.delete("/drafts/{draft_id}/attachments/{attachment_id}", status_code=204)
async def detach(draft_id: UUID, attachment_id: UUID, agent: AgentOf, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await detach_file(transaction, agent.staff_id, draft_id, attachment_id)
