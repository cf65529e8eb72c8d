"""Drafts, kept for their owner until they are sent or thrown away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.domain.threads import About, Centre

from .tables import attachment_contents, attachments, drafts


@dataclass(frozen=True)
class Draft:
    """What somebody is writing; without a thread it will begin one."""

    draft_id: UUID
    owner_id: UUID
    family_id: UUID | None
    thread_id: UUID | None
    subject: str
    about: About
    centre: Centre | None
    only_me: bool
    body: str
    updated_at: datetime


async def save_draft(connection: AsyncConnection, draft: Draft) -> bool:
    """False when the id is taken by somebody else's draft."""
    statement = insert(drafts).values(
        draft_id=draft.draft_id,
        owner_id=draft.owner_id,
        family_id=draft.family_id,
        thread_id=draft.thread_id,
        subject=draft.subject,
        about_kind=draft.about.kind,
        about_id=draft.about.id,
        about_number=draft.about.number,
        centre_id=draft.centre and draft.centre.centre_id,
        centre_name=draft.centre and draft.centre.name,
        only_me=draft.only_me,
        body=draft.body,
        updated_at=draft.updated_at,
    )
    names = [c.name for c in drafts.c if c.name not in ("draft_id", "owner_id", "family_id")]
    saved = statement.on_conflict_do_update(
        index_elements=["draft_id"],
        set_={name: statement.excluded[name] for name in names},
        where=drafts.c.owner_id == draft.owner_id,
    ).returning(drafts.c.draft_id)
    return (await connection.execute(saved)).scalar_one_or_none() is not None


def _draft(row: Any) -> Draft:
    return Draft(
        draft_id=row.draft_id,
        owner_id=row.owner_id,
        family_id=row.family_id,
        thread_id=row.thread_id,
        subject=row.subject,
        about=About(row.about_kind, row.about_id, row.about_number),
        centre=Centre(row.centre_id, row.centre_name) if row.centre_id else None,
        only_me=row.only_me,
        body=row.body,
        updated_at=row.updated_at,
    )


async def find_draft(connection: AsyncConnection, owner_id: UUID, draft_id: UUID) -> Draft | None:
    own = (drafts.c.draft_id == draft_id) & (drafts.c.owner_id == owner_id)
    row = (await connection.execute(select(drafts).where(own))).one_or_none()
    return None if row is None else _draft(row)


async def drafts_of(connection: AsyncConnection, owner_id: UUID) -> Sequence[Draft]:
    """All of an owner's drafts, the latest first; there are never many."""
    rows = await connection.execute(
        select(drafts).where(drafts.c.owner_id == owner_id).order_by(drafts.c.updated_at.desc())
    )
    return [_draft(row) for row in rows]


async def draft_in(connection: AsyncConnection, owner_id: UUID, thread_id: UUID) -> Draft | None:
    """The latest that the owner is writing in this thread."""
    own = (drafts.c.thread_id == thread_id) & (drafts.c.owner_id == owner_id)
    latest = select(drafts).where(own).order_by(drafts.c.updated_at.desc()).limit(1)
    row = (await connection.execute(latest)).one_or_none()
    return None if row is None else _draft(row)


async def count_drafts(connection: AsyncConnection, owner_id: UUID) -> int:
    counting = select(func.count()).where(drafts.c.owner_id == owner_id)
    return int((await connection.execute(counting)).scalar_one())


async def delete_draft(connection: AsyncConnection, draft_id: UUID) -> None:
    """With the files that hung on it."""
    hanging = select(attachments.c.attachment_id).where(attachments.c.draft_id == draft_id)
    await connection.execute(
        delete(attachment_contents).where(attachment_contents.c.attachment_id.in_(hanging))
    )
    await connection.execute(delete(attachments).where(attachments.c.draft_id == draft_id))
    await connection.execute(delete(drafts).where(drafts.c.draft_id == draft_id))
