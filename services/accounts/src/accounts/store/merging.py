"""Moving everything of one family to another, row by row nothing lost."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.family import Family
from accounts.domain.merging import Choice

from .tables import (
    changes,
    children,
    contacts,
    credentials,
    documents,
    family_merges,
    file_history,
    file_reads,
    guardians,
    health_records,
    quotients,
    search_words,
)

_OF_THE_FAMILY: Sequence[Table] = (
    guardians,
    children,
    credentials,
    changes,
    documents,
    file_reads,
    file_history,
)
_AUTHORISATIONS = text(
    """
    UPDATE authorisations a SET child_id = :kept WHERE a.child_id = :absorbed
        AND NOT EXISTS (SELECT FROM authorisations own
            WHERE own.child_id = :kept AND own.kind = a.kind)
    """
)
_SURVIVING = select(family_merges.c.family_id)


async def surviving(connection: AsyncConnection, family_id: UUID) -> UUID:
    """The family that this one is part of now: itself, unless it was merged."""
    query = _SURVIVING.where(family_merges.c.absorbed_family_id == family_id)
    found: UUID | None = (await connection.execute(query)).scalar_one_or_none()
    return found or family_id


async def absorbed_by(connection: AsyncConnection, family_id: UUID) -> Sequence[UUID]:
    """The families that were merged into this one: their rows stand empty behind it."""
    query = select(family_merges.c.absorbed_family_id)
    found = await connection.execute(query.where(family_merges.c.family_id == family_id))
    return found.scalars().all()


async def with_health(connection: AsyncConnection, child_ids: Sequence[UUID]) -> set[UUID]:
    """Of these children, those of whom health data is recorded."""
    query = select(health_records.c.child_id).where(health_records.c.child_id.in_(child_ids))
    return set((await connection.execute(query)).scalars())


async def absorb(
    connection: AsyncConnection, kept: Family, absorbed: Family, choice: Choice, now: datetime
) -> None:
    """Both rows are locked. The absorbed family's own row stays, without people."""
    old, new = absorbed.family_id, kept.family_id
    for guardian in choice.same_guardians:
        await _same_guardian(connection, guardian.kept, guardian.absorbed)
    await connection.execute(
        update(documents)
        .where(documents.c.family_id == old, documents.c.sealed_for.is_(None))
        .where(documents.c.child_id.is_(None))
        .values(sealed_for=old)
    )
    for table in _OF_THE_FAMILY:
        statement = update(table).where(table.c.family_id == old)
        await connection.execute(statement.values(family_id=new))
    for child in choice.same_children:
        await _same_child(connection, child.kept, child.absorbed)
    for table in (contacts, quotients):
        await connection.execute(delete(table).where(table.c.family_id == old))
    await _leave_a_trace(connection, new, absorbed, now)


async def _same_guardian(connection: AsyncConnection, kept: UUID, absorbed: UUID) -> None:
    for column in (credentials.c.guardian_id, documents.c.own_of, changes.c.guardian_id):
        statement = update(column.table).where(column == absorbed)
        await connection.execute(statement.values({column.name: kept}))
    await connection.execute(delete(guardians).where(guardians.c.guardian_id == absorbed))


async def _same_child(connection: AsyncConnection, kept: UUID, absorbed: UUID) -> None:
    """The second row stays behind the first: photos and documents are sealed under its key."""
    pair = {"kept": kept, "absorbed": absorbed}
    await connection.execute(_AUTHORISATIONS, pair)
    statement = update(children).where(children.c.child_id == absorbed)
    await connection.execute(statement.values(same_as=kept))
    await connection.execute(delete(search_words).where(search_words.c.owner_id == absorbed))


async def _leave_a_trace(
    connection: AsyncConnection, new: UUID, absorbed: Family, now: datetime
) -> None:
    """Its reference finds the family that stays, also through families merged before into it."""
    old = absorbed.family_id
    await connection.execute(delete(search_words).where(search_words.c.family_id == old))
    earlier = update(family_merges).where(family_merges.c.family_id == old)
    await connection.execute(earlier.values(family_id=new))
    row = {
        "absorbed_family_id": old,
        "family_id": new,
        "reference": absorbed.reference,
        "merged_at": now,
    }
    await connection.execute(insert(family_merges).values(row))
