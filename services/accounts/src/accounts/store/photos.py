"""Children's photos: the one that is shown, and the one that waits for a decision."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.photo import Photo, PhotoState
from accounts.sealing import DataKey, Place

from .tables import photos


@dataclass(frozen=True)
class KnownPhoto:
    """A photo, and the digest of the sending that brought it."""

    photo: Photo
    digest: bytes


async def add_photo(
    connection: AsyncConnection, key: DataKey, photo: Photo, content: bytes, digest: bytes
) -> None:
    await connection.execute(
        insert(photos).values(
            photo_id=photo.photo_id,
            child_id=photo.child_id,
            state=photo.state,
            content=key.seal(_place(photo.child_id, photo.photo_id), content),
            submitted_at=photo.submitted_at,
            submitted_by=photo.submitted_by,
            sending_digest=digest,
        )
    )


async def photo_by_id(connection: AsyncConnection, photo_id: UUID) -> KnownPhoto | None:
    return await _one(connection, photos.c.photo_id == photo_id)


async def photo_of(
    connection: AsyncConnection, child_id: UUID, state: PhotoState
) -> KnownPhoto | None:
    return await _one(connection, (photos.c.child_id == child_id) & (photos.c.state == state))


async def picture_of(connection: AsyncConnection, key: DataKey, photo: Photo) -> bytes | None:
    """The bytes, opened; raises BrokenSeal."""
    query = select(photos.c.content).where(photos.c.photo_id == photo.photo_id)
    box: bytes | None = (await connection.execute(query)).scalar_one_or_none()
    return None if box is None else key.open(_place(photo.child_id, photo.photo_id), box)


async def drop_photo(connection: AsyncConnection, child_id: UUID, state: PhotoState) -> None:
    """A photo that is not shown any more is kept nowhere."""
    await connection.execute(
        delete(photos).where(photos.c.child_id == child_id, photos.c.state == state)
    )


async def show_photo(connection: AsyncConnection, photo: Photo) -> None:
    """The photo that waited takes the place of the one that was shown."""
    await drop_photo(connection, photo.child_id, PhotoState.CURRENT)
    await connection.execute(
        update(photos).where(photos.c.photo_id == photo.photo_id).values(state=PhotoState.CURRENT)
    )


async def _one(connection: AsyncConnection, condition: Any) -> KnownPhoto | None:
    columns = [column for column in photos.c if column.name != "content"]
    row = (await connection.execute(select(*columns).where(condition))).one_or_none()
    if row is None:
        return None
    photo = Photo(
        row.photo_id, row.child_id, PhotoState(row.state), row.submitted_at, row.submitted_by
    )
    return KnownPhoto(photo, row.sending_digest)


def _place(child_id: UUID, photo_id: UUID) -> Place:
    return Place("photos", "content", child_id, photo_id)
