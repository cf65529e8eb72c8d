"""The record of who opened which part of a file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.access import Role
from accounts.domain.reading import Act, Noted, Opening, Part, Purpose, Reader, ReaderKind
from chassis.identifiers import new_id

from .tables import children, file_reads


async def note_opening(connection: AsyncConnection, opening: Opening, at: datetime) -> None:
    """In the transaction of the opening itself, and before it: what cannot be noted is not read."""
    row = {
        "read_id": new_id(),
        "at": at,
        "family_id": opening.family_id,
        "child_id": opening.child_id,
        "part": opening.part,
        "act": opening.act,
        "purpose": opening.purpose,
        "reader_kind": opening.reader.kind,
        "reader_id": opening.reader.reader_id,
        "reader_name": opening.reader.name,
        "reader_roles": list(opening.reader.roles),
        "subject_id": opening.subject_id,
    }
    await connection.execute(insert(file_reads).values(row))


async def opened_lately(
    connection: AsyncConnection, reader_id: UUID, purpose: Purpose, since: datetime
) -> set[UUID]:
    """Children whose health this reader has opened to that end since then."""
    rows = await connection.execute(
        select(file_reads.c.child_id).where(
            file_reads.c.reader_id == reader_id,
            file_reads.c.part == Part.HEALTH,
            file_reads.c.act == Act.READ,
            file_reads.c.purpose == purpose,
            file_reads.c.at >= since,
        )
    )
    return set(rows.scalars())


async def openings_of_family(
    connection: AsyncConnection, family_id: UUID, *, offset: int, limit: int
) -> tuple[Sequence[Noted], int]:
    """The newest first, and how many there are."""
    return await _page(connection, file_reads.c.family_id == family_id, offset, limit)


async def openings_of_child(
    connection: AsyncConnection, child_id: UUID, *, offset: int, limit: int
) -> tuple[Sequence[Noted], int]:
    return await _page(connection, file_reads.c.child_id == child_id, offset, limit)


async def _page(
    connection: AsyncConnection, condition: ColumnElement[bool], offset: int, limit: int
) -> tuple[Sequence[Noted], int]:
    total = await connection.execute(select(func.count()).select_from(file_reads).where(condition))
    rows = await connection.execute(
        select(file_reads, children.c.given_name)
        .select_from(file_reads.outerjoin(children, children.c.child_id == file_reads.c.child_id))
        .where(condition)
        # The id settles openings of the same instant, and sorts by time itself.
        .order_by(file_reads.c.at.desc(), file_reads.c.read_id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_noted(row) for row in rows], total.scalar_one()


def _noted(row: Row[Any]) -> Noted:
    reader = Reader(
        ReaderKind(row.reader_kind),
        row.reader_id,
        row.reader_name,
        tuple(Role(role) for role in row.reader_roles),
    )
    opening = Opening(
        reader=reader,
        part=Part(row.part),
        act=Act(row.act),
        purpose=Purpose(row.purpose),
        family_id=row.family_id,
        child_id=row.child_id,
        subject_id=row.subject_id,
    )
    return Noted(row.read_id, row.at, opening, row.given_name)
