"""Supporting documents: what is known of them, and their sealed bytes apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.document import Document, DocumentKind, DocumentState
from accounts.sealing import DataKey, Place

from .tables import children, document_contents, documents, guardians

_OF_WHO_LEFT = (
    select(children.c.child_id)
    .where(children.c.child_id == documents.c.child_id, children.c.left_at.is_not(None))
    .exists()
)
"""About a child who is not in the file any more: shown and reminded of no more."""

_FROM_WHO_LEFT = (
    select(guardians.c.guardian_id)
    .where(guardians.c.guardian_id == documents.c.own_of, guardians.c.left_at.is_not(None))
    .exists()
)

_KNOWN = [column for column in documents.c if column.name not in ("file_name", "sending_digest")]


@dataclass(frozen=True)
class SentFile:
    """What came in: how it was called, its bytes, and the digest of the whole sending."""

    name: str
    content: bytes
    digest: bytes


async def add_document(
    connection: AsyncConnection, key: DataKey, document: Document, sent: SentFile
) -> bool:
    """False when a document has this id already."""
    owner, one = owner_of(document), document.document_id
    row = {
        "document_id": one,
        "family_id": document.family_id,
        "child_id": document.child_id,
        "own_of": document.own_of,
        "kind": document.kind,
        "state": document.state,
        "media_type": document.media_type,
        "byte_size": document.byte_size,
        "pages": document.pages,
        "dated_on": document.dated_on,
        "expires_on": document.expires_on,
        "submitted_at": document.submitted_at,
        "submitted_by": document.submitted_by,
        "sending_digest": sent.digest,
        "file_name": key.seal(name_place(owner, one), sent.name.encode()),
    }
    added = await connection.execute(
        insert(documents).values(row).on_conflict_do_nothing().returning(documents.c.document_id)
    )
    if added.one_or_none() is None:
        return False
    box = key.seal(content_place(owner, one), sent.content)
    await connection.execute(insert(document_contents).values(document_id=one, content=box))
    return True


async def document_by_id(
    connection: AsyncConnection, document_id: UUID, *, lock: bool = False
) -> Document | None:
    query = select(*_KNOWN).where(documents.c.document_id == document_id)
    if lock:
        query = query.with_for_update()
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _document(row)


async def sending_digest(connection: AsyncConnection, document_id: UUID) -> bytes | None:
    query = select(documents.c.sending_digest).where(documents.c.document_id == document_id)
    digest: bytes | None = (await connection.execute(query)).scalar_one_or_none()
    return digest


async def documents_of(
    connection: AsyncConnection,
    family_id: UUID,
    *,
    offset: int,
    limit: int,
    with_former: bool = False,
) -> Sequence[Document]:
    """The newest first; those that were withdrawn are of no use to anybody.

    `with_former`: also about children who left the file.
    """
    rows = await connection.execute(
        select(*_KNOWN)
        .where(documents.c.family_id == family_id, documents.c.state != DocumentState.WITHDRAWN)
        .where(true() if with_former else ~_OF_WHO_LEFT)
        .order_by(documents.c.submitted_at.desc(), documents.c.document_id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_document(row) for row in rows]


async def count_of(connection: AsyncConnection, family_id: UUID) -> int:
    """How many files of the family are kept."""
    query = (
        select(func.count())
        .select_from(documents.join(document_contents))
        .where(documents.c.family_id == family_id)
    )
    return int((await connection.execute(query)).scalar_one())


async def file_of(
    connection: AsyncConnection, key: DataKey, document: Document
) -> tuple[str, bytes] | None:
    """The name and the bytes, opened; None when they were forgotten. Raises BrokenSeal."""
    owner, one = owner_of(document), document.document_id
    row = (
        await connection.execute(
            select(documents.c.file_name, document_contents.c.content)
            .join_from(documents, document_contents)
            .where(documents.c.document_id == one)
        )
    ).one_or_none()
    if row is None:
        return None
    name = key.open(name_place(owner, one), row.file_name).decode()
    return name, key.open(content_place(owner, one), row.content)


async def settle(connection: AsyncConnection, document_id: UUID, state: DocumentState) -> None:
    """Decided or withdrawn; what was not accepted proves nothing, so its bytes go."""
    await connection.execute(
        update(documents).where(documents.c.document_id == document_id).values(state=state)
    )
    if state is not DocumentState.ACCEPTED:
        await connection.execute(
            delete(document_contents).where(document_contents.c.document_id == document_id)
        )


async def expiring(
    connection: AsyncConnection,
    until: date,
    after: UUID | None,
    limit: int,
    family_id: UUID | None = None,
) -> Sequence[Document]:
    """Accepted documents whose last day comes by `until`, with none of their kind to follow.

    Of one family, or of all.
    """
    newer = documents.alias()
    followed = (
        select(newer.c.document_id)
        .where(
            newer.c.family_id == documents.c.family_id,
            newer.c.kind == documents.c.kind,
            newer.c.child_id.is_not_distinct_from(documents.c.child_id),
            newer.c.own_of.is_not_distinct_from(documents.c.own_of),
            newer.c.state.in_(("pending", "accepted")),
            func.coalesce(newer.c.expires_on, date.max) > documents.c.expires_on,
        )
        .exists()
    )
    query = (
        select(*_KNOWN)
        .where(documents.c.state == "accepted", documents.c.expires_on <= until)
        .where(~followed, ~_OF_WHO_LEFT, ~_FROM_WHO_LEFT)
        .order_by(documents.c.document_id)
        .limit(limit)
    )
    if family_id is not None:
        query = query.where(documents.c.family_id == family_id)
    if after is not None:
        query = query.where(documents.c.document_id > after)
    return [_document(row) for row in await connection.execute(query)]


def owner_of(document: Document) -> UUID:
    """Whose data key seals it."""
    return document.sealed_for or document.child_id or document.family_id


def _document(row: Row[Any]) -> Document:
    return Document(
        document_id=row.document_id,
        family_id=row.family_id,
        child_id=row.child_id,
        kind=DocumentKind(row.kind),
        state=DocumentState(row.state),
        media_type=row.media_type,
        byte_size=row.byte_size,
        pages=row.pages,
        dated_on=row.dated_on,
        expires_on=row.expires_on,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by,
        own_of=row.own_of,
        sealed_for=row.sealed_for,
    )


def name_place(owner: UUID, document_id: UUID) -> Place:
    return Place("documents", "file_name", owner, document_id)


def content_place(owner: UUID, document_id: UUID) -> Place:
    return Place("document_contents", "content", owner, document_id)
