"""Copies of families' data: their state, and their sealed pieces."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.rights import STALE, STEPS, Export, ExportState
from accounts.sealing import DataKey, Place

from .tables import export_pieces, exports

MOST_SHOWN = 5


async def add_export(connection: AsyncConnection, export: Export) -> None:
    await connection.execute(
        insert(exports).values(
            export_id=export.export_id,
            family_id=export.family_id,
            guardian_id=export.guardian_id,
            state=export.state,
            done=0,
            steps=STEPS,
            asked_at=export.asked_at,
            asked_by=export.asked_by,
            asked_by_id=export.asked_by_id,
        )
    )


async def exports_of(connection: AsyncConnection, family_id: UUID) -> Sequence[Export]:
    """The newest first."""
    rows = await connection.execute(
        select(exports)
        .where(exports.c.family_id == family_id)
        .order_by(exports.c.asked_at.desc(), exports.c.export_id.desc())
        .limit(MOST_SHOWN)
    )
    return [_export(row) for row in rows]


async def export_by_id(connection: AsyncConnection, export_id: UUID) -> Export | None:
    query = select(exports).where(exports.c.export_id == export_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _export(row)


async def take_export(connection: AsyncConnection, now: datetime) -> Export | None:
    """The oldest that waits, or that was left half-done; nobody else takes it."""
    query = (
        select(exports)
        .where(
            or_(
                exports.c.state == ExportState.WAITING,
                (exports.c.state == ExportState.WORKING) & (exports.c.worked_at < now - STALE),
            )
        )
        .order_by(exports.c.asked_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    pieces = delete(export_pieces).where(export_pieces.c.export_id == row.export_id)
    await connection.execute(pieces)
    await move_export(connection, row.export_id, ExportState.WORKING, worked_at=now, done=0)
    return _export(row)


async def move_export(
    connection: AsyncConnection, export_id: UUID, state: ExportState, **changed: Any
) -> None:
    await connection.execute(
        update(exports).where(exports.c.export_id == export_id).values(state=state, **changed)
    )


async def add_piece(
    connection: AsyncConnection, key: DataKey, export: Export, position: int, piece: bytes
) -> None:
    box = key.seal(_place(export, position), piece)
    row = {"export_id": export.export_id, "position": position, "piece": box}
    await connection.execute(insert(export_pieces).values(row))


async def pieces_of(
    connection: AsyncConnection, key: DataKey, export: Export
) -> AsyncIterator[bytes]:
    """In order, opened one after the other; raises BrokenSeal."""
    rows = await connection.stream(
        select(export_pieces.c.position, export_pieces.c.piece)
        .where(export_pieces.c.export_id == export.export_id)
        .order_by(export_pieces.c.position)
    )
    async for row in rows:
        yield key.open(_place(export, row.position), row.piece)


async def forget_exports(connection: AsyncConnection, now: datetime) -> None:
    """Those whose days are over."""
    await connection.execute(delete(exports).where(exports.c.expires_at < now))


def _place(export: Export, position: int) -> Place:
    return Place("export_pieces", f"piece-{position}", export.family_id, export.export_id)


def _export(row: Row[Any]) -> Export:
    return Export(
        export_id=row.export_id,
        family_id=row.family_id,
        guardian_id=row.guardian_id,
        state=ExportState(row.state),
        done=row.done,
        steps=row.steps,
        byte_size=row.byte_size,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        asked_by_id=row.asked_by_id,
        ready_at=row.ready_at,
        expires_at=row.expires_at,
    )
