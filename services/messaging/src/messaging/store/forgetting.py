"""All rows of a family: gone, or another family's."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import (
    archivings,
    attachment_contents,
    attachments,
    broadcast_recipients,
    deliveries,
    drafts,
    erasures,
    families,
    live_events,
    mails,
    messages,
    notes,
    preferences,
    readers,
    reads,
    requests,
    threads,
    turns,
)

_BY_FAMILY: Sequence[Table] = (
    reads,
    drafts,
    messages,
    threads,
    readers,
    deliveries,
    mails,
    preferences,
    live_events,
    requests,
    families,
)
"""In an order that foreign keys allow."""

_MOVING: Sequence[Table] = (
    reads,
    drafts,
    messages,
    threads,
    readers,
    deliveries,
    mails,
    preferences,
    requests,
)


async def forget_family(connection: AsyncConnection, family_id: UUID) -> None:
    """Everything about it, files first. The family must be locked."""
    own = select(threads.c.thread_id).where(threads.c.family_id == family_id)
    # Drafts of staff name no family, but hang on threads of one.
    its_drafts = (drafts.c.family_id == family_id) | drafts.c.thread_id.in_(own)
    files = select(attachments.c.attachment_id).where(
        attachments.c.message_id.in_(
            select(messages.c.message_id).where(messages.c.family_id == family_id)
        )
        | attachments.c.draft_id.in_(select(drafts.c.draft_id).where(its_drafts))
    )
    found = (await connection.execute(files)).scalars().all()
    for table in (attachment_contents, attachments):
        await connection.execute(delete(table).where(table.c.attachment_id.in_(found)))
    await connection.execute(delete(archivings).where(archivings.c.thread_id.in_(own)))
    for table in (notes, turns):
        await connection.execute(delete(table).where(table.c.thread_id.in_(own)))
    await connection.execute(
        delete(broadcast_recipients).where(broadcast_recipients.c.family_id == family_id)
    )
    await connection.execute(delete(drafts).where(its_drafts))
    for table in _BY_FAMILY:
        await connection.execute(delete(table).where(table.c.family_id == family_id))


async def note_erasure(
    connection: AsyncConnection, family_id: UUID, erasure_id: UUID, at: datetime
) -> None:
    row = {"family_id": family_id, "erasure_id": erasure_id, "erased_at": at}
    await connection.execute(insert(erasures).values(row).on_conflict_do_nothing())


async def hand_over(connection: AsyncConnection, absorbed: UUID, surviving: UUID) -> None:
    """All of one family to another. Both must be locked.

    Notices that both have (a closure, say) stay in both their threads: what made each the only
    one of its kind gives way, as it has done its work.
    """
    for table in (threads, messages):
        twin = table.alias()
        doubled = exists().where(twin.c.family_id == surviving, twin.c.key == table.c.key)
        await connection.execute(
            update(table).where(table.c.family_id == absorbed, doubled).values(key=None)
        )
    twin = mails.alias()
    doubled = exists().where(twin.c.family_id == surviving, twin.c.key == mails.c.key)
    await connection.execute(
        update(mails)
        .where(mails.c.family_id == absorbed, doubled)
        .values(key=mails.c.key + f":{absorbed}")
    )
    for table in _MOVING:
        await connection.execute(
            update(table).where(table.c.family_id == absorbed).values(family_id=surviving)
        )
    # What the shared access had read, it has read.
    await connection.execute(
        update(reads)
        .where(reads.c.reader_id == absorbed)
        .values(reader_id=surviving, family_id=surviving)
    )
    for column in (drafts.c.owner_id, archivings.c.reader_id):
        await connection.execute(
            update(column.table).where(column == absorbed).values({column: surviving})
        )
    await connection.execute(delete(families).where(families.c.family_id == absorbed))
