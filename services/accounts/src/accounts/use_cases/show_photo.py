"""A child's photo is looked at: the one that is shown, or the one that waits."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.photo import PhotoState, UnknownPhoto
from accounts.sealing import MasterKeys
from accounts.store.data_keys import data_key_of
from accounts.store.families import family_of_child
from accounts.store.photos import photo_of, picture_of


async def show_photo(
    connection: AsyncConnection,
    master_keys: MasterKeys,
    child_id: UUID,
    state: PhotoState,
    own_family: UUID | None = None,
) -> bytes:
    """The JPEG; raises UnknownPhoto, also for a child of another family than `own_family`."""
    family_id = await family_of_child(connection, child_id)
    if family_id is None or own_family not in (None, family_id):
        raise UnknownPhoto
    known = await photo_of(connection, child_id, state)
    key = await data_key_of(connection, master_keys, child_id)
    if known is None or key is None:
        raise UnknownPhoto
    picture = await picture_of(connection, key, known.photo)
    if picture is None:
        raise UnknownPhoto
    return picture
