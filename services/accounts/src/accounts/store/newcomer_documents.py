"""Documents of families that are not registered yet, sealed for the place that they take then."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.change import Change
from accounts.domain.document import DocumentKind, DocumentState
from accounts.domain.newcomer_document import UNSENT_FOR, NewcomerDocument
from accounts.sealing import DataKey

from .documents import SentFile, content_place, name_place
from .tables import (
    children,
    data_keys,
    document_contents,
    documents,
    families,
    file_reads,
    newcomer_documents,
)

_KEPT = newcomer_documents.c
_KNOWN = [_KEPT[name] for name in NewcomerDocument.__dataclass_fields__]
_TAKEN = (
    "document_id",
    "family_id",
    "child_id",
    "kind",
    "media_type",
    "byte_size",
    "pages",
    "dated_on",
    "expires_on",
    "sending_digest",
    "file_name",
)
"""What a document of the file keeps of it."""

_LOCK = text("SELECT pg_advisory_xact_lock(:class, hashtext(:request_id))")
_CLASS = 0xF0A8


async def lock_request(connection: AsyncConnection, request_id: UUID) -> None:
    """A file that comes in and the form being sent wait for each other."""
    await connection.execute(_LOCK, {"class": _CLASS, "request_id": str(request_id)})


async def joined_to(connection: AsyncConnection, request_id: UUID) -> list[NewcomerDocument]:
    """In the order in which they came."""
    query = select(*_KNOWN).where(_KEPT.request_id == request_id)
    rows = await connection.execute(query.order_by(_KEPT.received_at, _KEPT.document_id))
    return [_document(row) for row in rows]


async def unsent_bytes(connection: AsyncConnection) -> int:
    query = select(func.coalesce(func.sum(_KEPT.byte_size), 0)).where(~_KEPT.is_sent)
    return int((await connection.execute(query)).scalar_one())


async def digest_of_joined(connection: AsyncConnection, document_id: UUID) -> bytes | None:
    query = select(_KEPT.sending_digest).where(_KEPT.document_id == document_id)
    digest: bytes | None = (await connection.execute(query)).scalar_one_or_none()
    return digest


async def keep_joined(
    connection: AsyncConnection, key: DataKey, document: NewcomerDocument, sent: SentFile
) -> None:
    owner, one = document.owner_id, document.document_id
    row = {
        **asdict(document),
        "sending_digest": sent.digest,
        "file_name": key.seal(name_place(owner, one), sent.name.encode()),
        "content": key.seal(content_place(owner, one), sent.content),
    }
    await connection.execute(insert(newcomer_documents).values(row))


async def mark_sent(connection: AsyncConnection, request_id: UUID) -> None:
    await connection.execute(
        update(newcomer_documents).where(_KEPT.request_id == request_id).values(is_sent=True)
    )


async def joined_file(
    connection: AsyncConnection, key: DataKey, document: NewcomerDocument
) -> tuple[str, bytes]:
    """Its name and its bytes, opened; raises BrokenSeal."""
    owner, one = document.owner_id, document.document_id
    query = select(_KEPT.file_name, _KEPT.content).where(_KEPT.document_id == one)
    row = (await connection.execute(query)).one()
    name = key.open(name_place(owner, one), row.file_name).decode()
    return name, key.open(content_place(owner, one), row.content)


async def attach(
    connection: AsyncConnection, change: Change, document_ids: Sequence[UUID], own_of: UUID
) -> None:
    """They become documents of the file, sealed as they are; what is about no child is the
    writer's own."""
    chosen = _KEPT.document_id.in_(document_ids)
    writers = case((_KEPT.child_id.is_(None), literal(own_of)))
    rows = select(
        *(_KEPT[name] for name in _TAKEN),
        writers,
        literal(str(DocumentState.ACCEPTED)),
        literal(change.submitted_at),
        literal(change.submitted_by),
    ).where(chosen)
    names = [*_TAKEN, "own_of", "state", "submitted_at", "submitted_by"]
    await connection.execute(insert(documents).from_select(names, rows))
    contents = select(_KEPT.document_id, _KEPT.content).where(chosen)
    await connection.execute(
        insert(document_contents).from_select(["document_id", "content"], contents)
    )
    await connection.execute(delete(newcomer_documents).where(chosen))


async def drop_of_request(connection: AsyncConnection, request_id: UUID) -> None:
    """What was joined and not attached, with its keys and the record of who opened it."""
    await _drop(connection, _KEPT.request_id == request_id)


async def drop_joined(connection: AsyncConnection, request_id: UUID, document_id: UUID) -> None:
    """One that its sender takes back."""
    one = (_KEPT.document_id == document_id) & ~_KEPT.is_sent
    await _drop(connection, one & (_KEPT.request_id == request_id))


async def drop_unsent(connection: AsyncConnection, now: datetime) -> None:
    """Files whose form never came."""
    await _drop(connection, ~_KEPT.is_sent & (_KEPT.received_at < now - UNSENT_FOR))


async def _drop(connection: AsyncConnection, condition: ColumnElement[bool]) -> None:
    found = await connection.execute(
        delete(newcomer_documents)
        .where(condition)
        .returning(_KEPT.document_id, _KEPT.family_id, _KEPT.child_id)
    )
    gone = found.all()
    if not gone:
        return
    owners = {row.child_id or row.family_id for row in gone}
    # A key goes with the last thing that it seals: never one of somebody who is in a file.
    used = [
        select(families.c.family_id).where(families.c.family_id == data_keys.c.owner_id),
        select(children.c.child_id).where(children.c.child_id == data_keys.c.owner_id),
        select(_KEPT.document_id).where(
            func.coalesce(_KEPT.child_id, _KEPT.family_id) == data_keys.c.owner_id
        ),
    ]
    await connection.execute(
        delete(data_keys).where(
            data_keys.c.owner_id.in_(owners), ~or_(*(one.exists() for one in used))
        )
    )
    opened = file_reads.c.subject_id.in_([row.document_id for row in gone])
    await connection.execute(delete(file_reads).where(opened))


def _document(row: Row[Any]) -> NewcomerDocument:
    return NewcomerDocument(**{**row._mapping, "kind": DocumentKind(row.kind)})
