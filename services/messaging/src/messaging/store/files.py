"""Files that hang on drafts and messages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.domain.desk import Scope
from messaging.domain.threads import Reader

from .desk import within
from .messages import visible_to
from .tables import attachment_contents, attachments, drafts, messages, threads


@dataclass(frozen=True)
class Attachment:
    """A file by its name and size; its content is read only to be sent."""

    attachment_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class StoredFile:
    attachment: Attachment
    content: bytes


_COLUMNS = (
    attachments.c.attachment_id,
    attachments.c.name,
    attachments.c.media_type,
    attachments.c.size,
    attachments.c.sha256,
)


async def add_file(
    connection: AsyncConnection, draft_id: UUID, file: StoredFile, at: datetime
) -> bool:
    """False when a file with this id is there already."""
    statement = insert(attachments).values(
        draft_id=draft_id, uploaded_at=at, **vars(file.attachment)
    )
    added = statement.on_conflict_do_nothing().returning(attachments.c.attachment_id)
    if (await connection.execute(added)).scalar_one_or_none() is None:
        return False
    await connection.execute(
        insert(attachment_contents).values(
            attachment_id=file.attachment.attachment_id, content=file.content
        )
    )
    return True


async def remove_file(connection: AsyncConnection, draft_id: UUID, attachment_id: UUID) -> None:
    """Only while it hangs on that draft; what was sent stays."""
    here = (attachments.c.attachment_id == attachment_id) & (attachments.c.draft_id == draft_id)
    found = (
        await connection.execute(select(attachments.c.attachment_id).where(here))
    ).scalar_one_or_none()
    if found is not None:
        await connection.execute(
            delete(attachment_contents).where(attachment_contents.c.attachment_id == found)
        )
        await connection.execute(delete(attachments).where(here))


async def files_of_draft(connection: AsyncConnection, draft_id: UUID) -> Sequence[Attachment]:
    rows = await connection.execute(
        select(*_COLUMNS)
        .where(attachments.c.draft_id == draft_id)
        .order_by(attachments.c.attachment_id)
    )
    return [Attachment(*row) for row in rows]


async def files_of_messages(
    connection: AsyncConnection, message_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[Attachment]]:
    found: defaultdict[UUID, list[Attachment]] = defaultdict(list)
    rows = await connection.execute(
        select(attachments.c.message_id, *_COLUMNS)
        .where(attachments.c.message_id.in_(message_ids))
        .order_by(attachments.c.attachment_id)
    )
    for message_id, *columns in rows:
        found[message_id].append(Attachment(*columns))
    return found


async def hang_on_message(connection: AsyncConnection, draft_id: UUID) -> None:
    """The draft becomes the message of the same id, and its files go with it."""
    await connection.execute(
        update(attachments)
        .where(attachments.c.draft_id == draft_id)
        .values(draft_id=None, message_id=draft_id)
    )


async def file_for_reader(
    connection: AsyncConnection, reader: Reader, attachment_id: UUID
) -> StoredFile | None:
    """From a thread of theirs, or from a draft of their own."""
    of_thread = attachments.c.message_id.in_(
        select(messages.c.message_id)
        .join(threads, threads.c.thread_id == messages.c.thread_id)
        .where(visible_to(reader))
    )
    return await _file(connection, attachment_id, of_thread | _on_draft_of(reader.reader_id))


async def file_for_staff(
    connection: AsyncConnection, staff_id: UUID, attachment_id: UUID, scope: Scope
) -> StoredFile | None:
    """From a thread in their scope, or from a draft of their own."""
    of_thread = attachments.c.message_id.in_(
        select(messages.c.message_id)
        .join(threads, threads.c.thread_id == messages.c.thread_id)
        .where(within(scope))
    )
    return await _file(connection, attachment_id, of_thread | _on_draft_of(staff_id))


def _on_draft_of(owner_id: UUID) -> ColumnElement[bool]:
    return attachments.c.draft_id.in_(
        select(drafts.c.draft_id).where(drafts.c.owner_id == owner_id)
    )


async def _file(
    connection: AsyncConnection, attachment_id: UUID, allowed: ColumnElement[bool]
) -> StoredFile | None:
    row = (
        await connection.execute(
            select(*_COLUMNS, attachment_contents.c.content)
            .join(
                attachment_contents,
                attachment_contents.c.attachment_id == attachments.c.attachment_id,
            )
            .where(attachments.c.attachment_id == attachment_id, allowed)
        )
    ).one_or_none()
    return None if row is None else StoredFile(Attachment(*row[:5]), bytes(row.content))


async def weight_of_drafts(connection: AsyncConnection, owner_id: UUID) -> int:
    """Bytes of files that the owner has uploaded and not sent."""
    counting = (
        select(func.coalesce(func.sum(attachments.c.size), 0))
        .join(drafts, drafts.c.draft_id == attachments.c.draft_id)
        .where(drafts.c.owner_id == owner_id)
    )
    return int((await connection.execute(counting)).scalar_one())
