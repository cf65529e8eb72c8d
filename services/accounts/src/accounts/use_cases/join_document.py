"""Somebody who pre-registers a family joins a document to the form that they are filling in."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid5

from accounts.domain.access import Role
from accounts.domain.amending import WrongFields
from accounts.domain.change import Change, ChangeItem
from accounts.domain.document import (
    OF_A_CHILD,
    DocumentIdReused,
    DocumentKind,
    UnknownDocument,
    WrongDocument,
    checked,
    last_day,
    may_open,
)
from accounts.domain.newcomer_document import (
    KINDS,
    MOST_AN_HOUR,
    AlreadySent,
    NewcomerDocument,
    ensure_room,
)
from accounts.domain.preregistration import Person, Preregistration, person_id
from accounts.domain.reading import Act, Opening, Part, Purpose, Reader
from accounts.domain.sealed_change import document_label
from accounts.sealing import MasterKeys
from accounts.store.changes import find_change
from accounts.store.data_keys import data_key_for, data_key_of
from accounts.store.documents import SentFile
from accounts.store.newcomer_documents import (
    attach,
    digest_of_joined,
    drop_joined,
    drop_of_request,
    drop_unsent,
    joined_file,
    joined_to,
    keep_joined,
    lock_request,
    mark_sent,
    unsent_bytes,
)
from accounts.store.reads import note_opening
from chassis.clock import local_date
from chassis.database import Transaction
from chassis.examination import Examined

from .admit_sending import admit_sending

FORM = "preregister-file"
OF_NOBODY = "Ce document concerne un enfant qui n’est pas sur cette fiche : retirez-le."
ONLY_THESE = "Choisissez un des types proposés."


@dataclass(frozen=True)
class Joining:
    """A file that was examined, and what is said of it; `child` counts from one."""

    document_id: UUID
    request_id: UUID
    kind: DocumentKind
    child: int | None
    dated_on: date
    given: date | None
    file_name: str = field(repr=False)
    file: Examined = field(repr=False)

    @property
    def family_id(self) -> UUID:
        return uuid5(self.request_id, "family")

    @property
    def child_id(self) -> UUID | None:
        if self.kind not in OF_A_CHILD:
            return None
        return person_id(self.family_id, "child", self.child) if self.child else None

    @property
    def digest(self) -> bytes:
        said = (self.request_id, self.kind, self.child, self.dated_on, self.given)
        return hashlib.sha256(repr(said).encode() + self.file.content).digest()


async def admit_file(transaction: Transaction, address: str, now: datetime) -> None:
    """Before it is examined, which costs; raises TooManyAttempts."""
    await admit_sending(transaction, FORM, address, now, most=MOST_AN_HOUR)


async def join_document(
    transaction: Transaction, master_keys: MasterKeys, joining: Joining, now: datetime
) -> None:
    """The same file again changes nothing.

    Raises WrongDocument, DocumentIdReused, TooMuchJoined, NoRoomLeft or AlreadySent.
    """
    connection = transaction.connection
    await lock_request(connection, joining.request_id)
    await drop_unsent(connection, now)
    known = await digest_of_joined(connection, joining.document_id)
    if known is not None:
        if known != joining.digest:
            raise DocumentIdReused("Cet identifiant désigne déjà un autre document.")
        return
    if await find_change(connection, joining.request_id) is not None:
        raise AlreadySent
    if joining.kind not in KINDS:
        raise WrongDocument("kind", ONLY_THESE)
    checked(joining.kind, joining.child_id, joining.dated_on, joining.given, local_date(now))
    document = _document(joining, now)
    joined = await joined_to(connection, joining.request_id)
    ensure_room(joined, document.byte_size, await unsent_bytes(connection))
    key = await data_key_for(connection, master_keys, document.owner_id, now)
    sent = SentFile(joining.file_name, joining.file.content, joining.digest)
    await keep_joined(connection, key, document, sent)


async def take_back(transaction: Transaction, request_id: UUID, document_id: UUID) -> None:
    """One that is not there, or that has left, stays as it is."""
    await lock_request(transaction.connection, request_id)
    await drop_joined(transaction.connection, request_id, document_id)


async def items_joined(
    transaction: Transaction, request_id: UUID, wanted: Preregistration
) -> list[ChangeItem]:
    """What was joined leaves with the form, each document an item that staff decide.

    Raises WrongFields for a document of a child that is not in the form.
    """
    connection = transaction.connection
    await lock_request(connection, request_id)
    joined = await joined_to(connection, request_id)
    people = {one.person_id: one for one in wanted.children}
    strange = [one for one in joined if one.child_id and one.child_id not in people]
    if strange:
        raise WrongFields({one.path: OF_NOBODY for one in strange})
    await mark_sent(connection, request_id)
    return [_item(one, people) for one in joined]


async def attach_joined(
    transaction: Transaction, change: Change, items: Sequence[ChangeItem]
) -> None:
    """Those that were accepted, of people who were accepted; the others are destroyed."""
    accepted = {item.path for item in items}
    writer = person_id(change.family_id, "guardian", 1)
    joined = await joined_to(transaction.connection, change.request_id)

    def is_in(one: NewcomerDocument) -> bool:
        whose = f"child.{one.child_id}" if one.child_id else f"guardian.{writer}"
        return one.path in accepted and whose in accepted

    chosen = [one.document_id for one in joined if is_in(one)]
    await attach(transaction.connection, change, chosen, writer)
    await drop_of_request(transaction.connection, change.request_id)


async def let_joined_go(transaction: Transaction, change: Change) -> None:
    await drop_of_request(transaction.connection, change.request_id)


async def open_joined(
    transaction: Transaction,
    master_keys: MasterKeys,
    reader: Reader,
    roles: frozenset[Role],
    request_id: UUID,
    document_id: UUID,
    now: datetime,
) -> tuple[NewcomerDocument, str, bytes]:
    """Noted first, as for any document: the family reads it once it is registered.

    Raises UnknownDocument.
    """
    connection = transaction.connection
    joined = {one.document_id: one for one in await joined_to(connection, request_id)}
    document = joined.get(document_id)
    if document is None or not may_open(document.kind, roles):
        raise UnknownDocument
    opening = Opening(
        reader,
        Part.DOCUMENT,
        Act.READ,
        Purpose.REQUEST,
        document.family_id,
        document.child_id,
        document_id,
    )
    await note_opening(connection, opening, now)
    key = await data_key_of(connection, master_keys, document.owner_id)
    if key is None:
        raise UnknownDocument
    return document, *await joined_file(connection, key, document)


def _item(document: NewcomerDocument, people: Mapping[UUID, Person]) -> ChangeItem:
    label = document_label(document.kind)
    if document.child_id:
        label = f"{label}, {people[document.child_id].values['given_name']}"
    return ChangeItem(
        item_id=uuid5(document.document_id, "item"),
        path=document.path,
        label=label,
        old=None,
        new=None,
        old_words="",
        new_words=document.words,
    )


def _document(joining: Joining, now: datetime) -> NewcomerDocument:
    return NewcomerDocument(
        document_id=joining.document_id,
        request_id=joining.request_id,
        family_id=joining.family_id,
        child_id=joining.child_id,
        kind=joining.kind,
        media_type=joining.file.media_type,
        byte_size=len(joining.file.content),
        pages=joining.file.pages,
        dated_on=joining.dated_on,
        expires_on=last_day(joining.kind, joining.dated_on, joining.given),
        received_at=now,
    )
