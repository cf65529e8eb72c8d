"""Somebody opens a supporting document: noted first, in the same transaction, then opened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.domain.document import Document, UnknownDocument
from accounts.domain.reading import Act, Opening, Part, Purpose, Reader
from accounts.sealing import MasterKeys
from accounts.store.data_keys import data_key_of
from accounts.store.documents import document_by_id, file_of, owner_of
from accounts.store.reads import note_opening
from chassis.database import Transaction


@dataclass(frozen=True)
class OpenedDocument:
    """A document with its name and bytes."""

    document: Document
    name: str
    content: bytes


async def open_document(
    transaction: Transaction,
    master_keys: MasterKeys,
    reader: Reader,
    document_id: UUID,
    purpose: Purpose,
    may_open: Callable[[Document], bool],
    now: datetime,
) -> OpenedDocument:
    """Give the answer only once the transaction has committed.

    Raises UnknownDocument (also for one that is not the caller's), SealedWithAnotherKey or
    BrokenSeal.
    """
    connection = transaction.connection
    document = await document_by_id(connection, document_id)
    if document is None or not may_open(document):
        raise UnknownDocument
    opening = Opening(
        reader,
        Part.DOCUMENT,
        Act.READ,
        purpose,
        document.family_id,
        document.child_id,
        document_id,
    )
    await note_opening(connection, opening, now)
    key = await data_key_of(connection, master_keys, owner_of(document))
    found = None if key is None else await file_of(connection, key, document)
    if found is None:
        raise UnknownDocument
    return OpenedDocument(document, *found)
