"""A child's photo comes in; it is shown once it was accepted."""

import hashlib
from datetime import datetime
from uuid import UUID

from accounts.domain.child import UnknownChild
from accounts.domain.document import DocumentIdReused
from accounts.domain.photo import Photo, PhotoState
from accounts.sealing import MasterKeys
from accounts.store.data_keys import data_key_for
from accounts.store.families import family_of_child, lock_family
from accounts.store.photos import add_photo, drop_photo, photo_by_id
from chassis.database import Transaction


async def submit_photo(
    transaction: Transaction,
    master_keys: MasterKeys,
    family_id: UUID,
    photo: Photo,
    picture: bytes,
    now: datetime,
) -> Photo:
    """The photo takes the place of the one that had the same state; twice the same is once.

    `picture` was made anew already. Raises UnknownChild or DocumentIdReused.
    """
    connection = transaction.connection
    await lock_family(connection, family_id)
    if await family_of_child(connection, photo.child_id) != family_id:
        raise UnknownChild
    digest = hashlib.sha256(photo.child_id.bytes + picture).digest()
    known = await photo_by_id(connection, photo.photo_id)
    if known is not None:
        if known.digest != digest:
            raise DocumentIdReused("Cet identifiant désigne déjà une autre photo.")
        return known.photo
    await drop_photo(connection, photo.child_id, photo.state)
    key = await data_key_for(connection, master_keys, photo.child_id, now)
    await add_photo(connection, key, photo, picture, digest)
    return photo


def photo_from(photo_id: UUID, child_id: UUID, name: str, now: datetime, *, decided: bool) -> Photo:
    """`decided`: staff enter it, and nobody else needs to agree."""
    state = PhotoState.CURRENT if decided else PhotoState.PENDING
    return Photo(photo_id, child_id, state, now, name)
