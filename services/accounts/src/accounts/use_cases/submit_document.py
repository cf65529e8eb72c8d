"""A supporting document comes in, from the family or over the front desk."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from accounts.domain.child import UnknownChild
from accounts.domain.document import (
    MOST_KEPT,
    OF_A_CHILD,
    Document,
    DocumentIdReused,
    DocumentKind,
    DocumentState,
    TooManyDocuments,
    checked,
    last_day,
)
from accounts.domain.family import UnknownFamily
from accounts.domain.sealed_change import DOCUMENT_SUBMIT, document_label
from accounts.sealing import MasterKeys
from accounts.store.data_keys import data_key_for
from accounts.store.documents import (
    SentFile,
    add_document,
    count_of,
    document_by_id,
    owner_of,
    sending_digest,
)
from accounts.store.families import family_of_child, lock_family
from chassis.clock import local_date
from chassis.database import Transaction
from chassis.examination import Examined

from .keep_change import Author, Draft
from .propose_sealed import family_of, queue


@dataclass(frozen=True)
class Sending:
    """A file that was examined, and what is said of it; `given` is the last day it names."""

    document_id: UUID
    kind: DocumentKind
    child_id: UUID | None
    dated_on: date
    given: date | None
    file_name: str = field(repr=False)
    file: Examined = field(repr=False)

    @property
    def digest(self) -> bytes:
        """The same sending again has the same one; only our own database sees it."""
        said = (self.kind, self.child_id, self.dated_on, self.given)
        return hashlib.sha256(repr(said).encode() + self.file.content).digest()


@dataclass(frozen=True)
class Sender:
    """Who brings it, and in what state it comes in: what staff enter needs no decision."""

    name: str
    state: DocumentState
    guardian_id: UUID | None = None


async def submit_document(
    transaction: Transaction,
    master_keys: MasterKeys,
    family_id: UUID,
    sending: Sending,
    sender: Sender,
    now: datetime,
) -> Document:
    """The document as kept; the same sending again changes nothing.

    Raises UnknownFamily, UnknownChild, WrongDocument, DocumentIdReused or TooManyDocuments.
    """
    connection = transaction.connection
    if not await lock_family(connection, family_id):
        raise UnknownFamily
    known = await document_by_id(connection, sending.document_id)
    if known is not None:
        same = await sending_digest(connection, sending.document_id) == sending.digest
        if known.family_id != family_id or not same:
            raise DocumentIdReused("Cet identifiant désigne déjà un autre document.")
        return known
    child_id = sending.child_id if sending.kind in OF_A_CHILD else None
    checked(sending.kind, child_id, sending.dated_on, sending.given, local_date(now))
    if child_id is not None and await family_of_child(connection, child_id) != family_id:
        raise UnknownChild
    if await count_of(connection, family_id) >= MOST_KEPT:
        raise TooManyDocuments("Le dossier contient déjà beaucoup de documents : appelez-nous.")
    document = _document(family_id, child_id, sending, sender, now)
    key = await data_key_for(connection, master_keys, owner_of(document), now)
    sent = SentFile(sending.file_name, sending.file.content, sending.digest)
    await add_document(connection, key, document, sent)
    if document.state is DocumentState.PENDING:
        await _queue(transaction, document, sending, sender, now)
    return document


async def _queue(
    transaction: Transaction, document: Document, sending: Sending, sender: Sender, now: datetime
) -> None:
    family = await family_of(transaction, document.family_id)
    child = family.child(document.child_id) if document.child_id else None
    draft = Draft(
        request_id=document.document_id,
        family_id=family.family_id,
        kind=DOCUMENT_SUBMIT,
        subject=child.given_name if child else f"Famille {family.name}",
        author=Author(sender.name, sender.guardian_id),
        base_version=family.version,
        content=sending.digest.hex(),
        child_id=document.child_id,
    )
    label = document_label(document.kind)
    await queue(transaction, draft, f"document.{document.document_id}", label, None, now)


def _document(
    family_id: UUID, child_id: UUID | None, sending: Sending, sender: Sender, now: datetime
) -> Document:
    return Document(
        document_id=sending.document_id,
        family_id=family_id,
        child_id=child_id,
        kind=sending.kind,
        state=sender.state,
        media_type=sending.file.media_type,
        byte_size=len(sending.file.content),
        pages=sending.file.pages,
        dated_on=sending.dated_on,
        expires_on=last_day(sending.kind, sending.dated_on, sending.given),
        submitted_at=now,
        submitted_by=sender.name,
        own_of=sender.guardian_id if child_id is None else None,
    )
