"""The doors to supporting documents."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from accounts.centre_sight import ensure_seen, is_bound
from accounts.domain.document import (
    OPENERS,
    Document,
    DocumentState,
    UnknownDocument,
    WrongDocument,
    may_open,
)
from accounts.domain.family import Family, UnknownFamily
from accounts.domain.reading import KEEPERS, Purpose
from accounts.resources import Resources, ResourcesOf
from accounts.store.documents import document_by_id, documents_of, expiring
from accounts.store.families import family_by_id
from accounts.use_cases.open_document import open_document
from accounts.use_cases.submit_document import Sender, Sending, submit_document
from chassis.auth import Audience, Principal, allow
from chassis.clock import local_date
from chassis.examination import FileRefused
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf

from .callers import reader_of, roles_of, roles_only, seen_by
from .document_schemas import DocumentIn, DocumentOut, Documents, document_out, safe_name
from .files import checked_as, refused, sent_file, to_save
from .health import of_staff

router = APIRouter(tags=["documents"])

MOST_LISTED = 200
FamilyCaller = Annotated[Principal, allow(Audience.FAMILY)]
Opener = Annotated[Principal, roles_only(OPENERS)]
OpenerOfFamily = Annotated[Principal, seen_by(OPENERS)]


@router.post("/v1/me/documents", status_code=201)
async def send_own(
    request: Request, principal: FamilyCaller, runtime: RuntimeOf, own: ResourcesOf
) -> DocumentOut:
    """A multipart form: the fields of DocumentIn, and the file as `file`."""
    sender = Sender(principal.name, DocumentState.PENDING, principal.guardian_id)
    return await _send(request, runtime, own, principal.own_family, sender)


@router.post("/v1/staff/families/{family_id}/documents", status_code=201)
async def send_for_family(
    family_id: UUID,
    request: Request,
    principal: Annotated[Principal, roles_only(KEEPERS)],
    runtime: RuntimeOf,
    own: ResourcesOf,
) -> DocumentOut:
    """What staff enter over the front desk, they have seen: it is accepted as it comes in."""
    sender = Sender(principal.name, DocumentState.ACCEPTED)
    return await _send(request, runtime, own, family_id, sender)


@router.get("/v1/me/documents")
async def own_documents(
    principal: FamilyCaller,
    runtime: RuntimeOf,
    expires_within: Annotated[int | None, Query(ge=0, le=366)] = None,
) -> Documents:
    """`expires_within` so many days: only those that must be sent anew, the expired ones too."""
    if expires_within is None:
        family, found = await _listed(runtime, principal.own_family)
    else:
        until = local_date(runtime.clock.now()) + timedelta(days=expires_within)
        async with runtime.database.reading() as connection:
            found = await expiring(connection, until, None, MOST_LISTED, principal.own_family)
        family = await _family(runtime, principal.own_family)
    return _out(runtime, [one for one in found if one.is_visible_to(principal.guardian_id, family)])


@router.get("/v1/staff/families/{family_id}/documents")
async def documents_of_family(
    family_id: UUID, principal: OpenerOfFamily, runtime: RuntimeOf
) -> Documents:
    """Those that the caller's roles may open: a kind alone may say too much."""
    roles = roles_of(principal)
    _, found = await _listed(runtime, family_id)
    return _out(runtime, [one for one in found if may_open(one.kind, roles)])


@router.get("/v1/me/documents/{document_id}/content", response_class=Response)
async def own_content(
    document_id: UUID, principal: FamilyCaller, runtime: RuntimeOf, own: ResourcesOf
) -> Response:
    family = await _family(runtime, principal.own_family)

    def is_theirs(document: Document) -> bool:
        same = document.family_id == family.family_id
        return same and document.is_visible_to(principal.guardian_id, family)

    async with runtime.database.transaction() as transaction:
        opened = await open_document(
            transaction,
            own.master_keys,
            reader_of(principal),
            document_id,
            Purpose.OWN,
            is_theirs,
            runtime.clock.now(),
        )
    return to_save(opened.content, opened.name, opened.document.media_type)


@router.get("/v1/staff/documents/{document_id}/content", response_class=Response)
async def content(
    document_id: UUID,
    principal: Opener,
    runtime: RuntimeOf,
    own: ResourcesOf,
    purpose: Annotated[Purpose, Query()] = Purpose.REQUEST,
) -> Response:
    roles = roles_of(principal)
    await ensure_document_seen(runtime, principal, document_id)
    async with runtime.database.transaction() as transaction:
        opened = await open_document(
            transaction,
            own.master_keys,
            reader_of(principal),
            document_id,
            of_staff(purpose),
            lambda document: may_open(document.kind, roles),
            runtime.clock.now(),
        )
    return to_save(opened.content, opened.name, opened.document.media_type)


async def ensure_document_seen(runtime: Runtime, principal: Principal, document_id: UUID) -> None:
    """Before it is opened by staff; raises UnknownDocument or OtherCentre."""
    if not is_bound(principal, OPENERS):
        return
    async with runtime.database.reading() as connection:
        document = await document_by_id(connection, document_id)
    if document is None:
        raise UnknownDocument
    await ensure_seen(
        runtime.peers,
        principal,
        OPENERS,
        child_id=document.child_id,
        family_id=document.family_id,
    )


async def _send(
    request: Request, runtime: Runtime, own: Resources, family_id: UUID, sender: Sender
) -> DocumentOut:
    fields, name, content = await sent_file(request)
    said = checked_as(DocumentIn, fields)
    try:
        file = await own.examiner.document(content)
        sending = Sending(
            document_id=said.document_id,
            kind=said.kind,
            child_id=said.child_id,
            dated_on=said.dated_on,
            given=said.expires_on,
            file_name=safe_name(name, file.media_type),
            file=file,
        )
        now = runtime.clock.now()
        async with runtime.database.transaction() as transaction:
            document = await submit_document(
                transaction, own.master_keys, family_id, sending, sender, now
            )
    except FileRefused as error:
        raise refused(error) from None
    except WrongDocument as wrong:
        raise wrong_document(wrong) from None
    return document_out(document, local_date(now))


async def _listed(runtime: Runtime, family_id: UUID) -> tuple[Family, Sequence[Document]]:
    family = await _family(runtime, family_id)
    async with runtime.database.reading() as connection:
        found = await documents_of(connection, family_id, offset=0, limit=MOST_LISTED)
    return family, found


async def _family(runtime: Runtime, family_id: UUID) -> Family:
    async with runtime.database.reading() as connection:
        family = await family_by_id(connection, family_id)
    if family is None:
        raise UnknownFamily
    return family


def _out(runtime: Runtime, found: list[Document]) -> Documents:
    today = local_date(runtime.clock.now())
    return Documents(items=[document_out(one, today) for one in found])


def wrong_document(wrong: WrongDocument) -> Problem:
    field = {"field": wrong.field, "rule": "impossible", "message": str(wrong)}
    return Problem(
        422,
        "accounts.wrong-document",
        "Saisie incomplète ou incorrecte",
        str(wrong),
        fields=[field],
    )
