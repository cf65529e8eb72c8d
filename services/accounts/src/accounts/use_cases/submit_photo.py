"""A child's photo comes in; it is shown once it was accepted."""

import hashlib
from datetime import datetime
from uuid import UUID

from accounts.domain.child import UnknownChild
from accounts.domain.document import DocumentIdReused
from accounts.domain.photo import Photo, PhotoState
from accounts.domain.sealed_change import CHILD_PHOTO
from accounts.sealing import MasterKeys
from accounts.store.data_keys import data_key_for
from accounts.store.families import family_of_child, lock_family
from accounts.store.photos import add_photo, drop_photo, photo_by_id
from chassis.database import Transaction

from .keep_change import Author, Draft
from .propose_sealed import family_of, queue, waiting_change


async def submit_photo(
    transaction: Transaction,
    master_keys: MasterKeys,
    family_id: UUID,
    photo: Photo,
    picture: bytes,
    author: Author,
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
    if photo.state is PhotoState.PENDING:
        await _queue(transaction, family_id, photo, author, digest, now)
    await drop_photo(connection, photo.child_id, photo.state)
    key = await data_key_for(connection, master_keys, photo.child_id, now)
    await add_photo(connection, key, photo, picture, digest)
    return photo


async def _queue(
    transaction: Transaction,
    family_id: UUID,
    photo: Photo,
    author: Author,
    digest: bytes,
    now: datetime,
) -> None:
    """One photo waits at a time: another one takes its place in the queue too."""
    family = await family_of(transaction, family_id)
    child = family.child(photo.child_id)
    waiting = await waiting_change(transaction, family_id, CHILD_PHOTO, photo.child_id)
    draft = Draft(
        request_id=photo.photo_id,
        family_id=family_id,
        kind=CHILD_PHOTO,
        subject=child.given_name if child else "",
        author=author,
        base_version=family.version,
        content=digest.hex(),
        child_id=photo.child_id,
        replaces=waiting.request_id if waiting else None,
    )
    await queue(transaction, draft, f"photo.{photo.photo_id}", "Photo", waiting, now)


def photo_from(photo_id: UUID, child_id: UUID, name: str, now: datetime, *, decided: bool) -> Photo:
    """`decided`: staff enter it, and nobody else needs to agree."""
    state = PhotoState.CURRENT if decided else PhotoState.PENDING
    return Photo(photo_id, child_id, state, now, name)
