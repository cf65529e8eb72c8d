"""What staff must see to decide on a sealed change: opened one by one, each time noted."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from accounts.domain.access import Role
from accounts.domain.change import Change, UnknownChange
from accounts.domain.document import OPENERS, UnknownDocument, may_open
from accounts.domain.photo import PhotoState, UnknownPhoto
from accounts.domain.reading import OPENED_BY, Part, Purpose
from accounts.domain.sealed_change import CHILD_HEALTH, CHILD_PHOTO, DOCUMENT_SUBMIT
from accounts.resources import Resources, ResourcesOf
from accounts.store.changes import find_change
from accounts.use_cases.join_document import open_joined
from accounts.use_cases.open_document import open_document
from accounts.use_cases.read_health import read_health
from accounts.use_cases.show_photo import show_photo
from chassis.auth import Principal
from chassis.runtime import Runtime, RuntimeOf

from .callers import ensure_change_seen, reader_of, roles_of, roles_only
from .files import picture, to_save
from .health_schemas import SectionShape, sections

router = APIRouter(prefix="/v1/staff/changes", tags=["changes"])


class HealthCompared(BaseModel):
    """The same sections on both sides; `after` is None once it was decided."""

    before: list[SectionShape]
    after: list[SectionShape] | None


@router.get("/{request_id}/health")
async def compared(
    request_id: UUID,
    principal: Annotated[Principal, roles_only(OPENED_BY[Part.HEALTH])],
    runtime: RuntimeOf,
    own: ResourcesOf,
) -> HealthCompared:
    change = await _change(runtime, principal, request_id, OPENED_BY[Part.HEALTH])
    if change.kind != CHILD_HEALTH or change.child_id is None:
        raise UnknownChange
    async with runtime.database.transaction() as transaction:
        found = await read_health(
            transaction,
            own.master_keys,
            reader_of(principal),
            change.child_id,
            Purpose.REQUEST,
            runtime.clock.now(),
        )
    pending = found.pending
    is_this = pending is not None and pending.change.request_id == request_id
    return HealthCompared(
        before=sections(found.recorded.record),
        after=sections(pending.record) if pending is not None and is_this else None,
    )


@router.get("/{request_id}/file", response_class=Response)
async def file(
    request_id: UUID,
    principal: Annotated[Principal, roles_only(OPENERS)],
    runtime: RuntimeOf,
    own: ResourcesOf,
) -> Response:
    change = await _change(runtime, principal, request_id, OPENERS)
    if change.kind == DOCUMENT_SUBMIT:
        return await _document(request_id, principal, runtime, own)
    if change.kind == CHILD_PHOTO and roles_of(principal) & OPENED_BY[Part.PHOTO]:
        return await _photo(change, runtime, own)
    raise UnknownChange


@router.get("/{request_id}/documents/{document_id}", response_class=Response)
async def joined_document(
    request_id: UUID,
    document_id: UUID,
    principal: Annotated[Principal, roles_only(OPENERS)],
    runtime: RuntimeOf,
    own: ResourcesOf,
) -> Response:
    """One that came with a pre-registration; once it is accepted, it is opened in the file."""
    await _change(runtime, principal, request_id, OPENERS)
    async with runtime.database.transaction() as transaction:
        document, name, content = await open_joined(
            transaction,
            own.master_keys,
            reader_of(principal),
            roles_of(principal),
            request_id,
            document_id,
            runtime.clock.now(),
        )
    return to_save(content, name, document.media_type)


async def _change(
    runtime: Runtime, principal: Principal, request_id: UUID, roles: frozenset[Role]
) -> Change:
    """Raises UnknownChange, or OtherCentre where the caller looks after other children."""
    async with runtime.database.reading() as connection:
        change = await find_change(connection, request_id)
    if change is None:
        raise UnknownChange
    await ensure_change_seen(runtime, principal, change, roles)
    return change


async def _document(
    request_id: UUID, principal: Principal, runtime: Runtime, own: Resources
) -> Response:
    roles = roles_of(principal)
    async with runtime.database.transaction() as transaction:
        opened = await open_document(
            transaction,
            own.master_keys,
            reader_of(principal),
            request_id,
            Purpose.REQUEST,
            lambda document: may_open(document.kind, roles),
            runtime.clock.now(),
        )
    if not opened.content:
        raise UnknownDocument
    return to_save(opened.content, opened.name, opened.document.media_type)


async def _photo(change: Change, runtime: Runtime, own: Resources) -> Response:
    if change.child_id is None:
        raise UnknownPhoto
    async with runtime.database.reading() as connection:
        shown = await show_photo(connection, own.master_keys, change.child_id, PhotoState.PENDING)
    return picture(shown, change.child_id)
