"""What goes through the doors of pre-registration."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from accounts.domain.document import LABELS, OF_A_CHILD, DocumentKind
from accounts.domain.fields import Field as Declared
from accounts.domain.newcomer_document import KINDS, NewcomerDocument
from accounts.domain.preregistration import MOST_CHILDREN, person_id

from .document_schemas import MaybeDay, none_if_empty
from .health_schemas import Day
from .registry_schemas import FieldOut, field_out
from .words import Address

Path = Annotated[str, StringConstraints(max_length=40)]
Typed = Annotated[str, StringConstraints(max_length=2000)] | bool | None
MOST_PATHS = 120
MaybeNumber = Annotated[
    Annotated[int, Field(ge=1, le=MOST_CHILDREN)] | None, BeforeValidator(none_if_empty)
]


class PaperIn(BaseModel):
    """`typed` by path: `guardian.1.given_name`, `child.2.born_on`, `wish.centre`, `consent`."""

    request_id: UUID
    typed: Annotated[dict[Path, Typed], Field(max_length=MOST_PATHS)]
    received_on: Annotated[date, Field(ge=date(2020, 1, 1))]


class PreregistrationIn(BaseModel):
    request_id: UUID
    typed: Annotated[dict[Path, Typed], Field(max_length=MOST_PATHS)]
    address: Address


class DocumentKindOut(BaseModel):
    kind: DocumentKind
    label: str
    of_a_child: bool


class FormOut(BaseModel):
    """How the form is drawn: the declared fields themselves."""

    guardian: list[FieldOut]
    child: list[FieldOut]
    wish: list[FieldOut]
    most_guardians: int
    most_children: int
    documents: list[DocumentKindOut]
    most_documents: int


class JoinedIn(BaseModel):
    """What is said of a joined document beside its file; `child` counts from one."""

    document_id: UUID
    kind: DocumentKind
    child: MaybeNumber = None
    dated_on: Day
    expires_on: MaybeDay = None
    address: Address


class JoinedOut(BaseModel):
    document_id: UUID
    kind: DocumentKind
    label: str
    child: int | None
    byte_size: int
    dated_on: date


class JoinedDocuments(BaseModel):
    items: list[JoinedOut]


class ReceiptOut(BaseModel):
    """What is owed to whoever sent a request (CRPA L.112-11)."""

    request_id: UUID
    number: str
    submitted_at: datetime
    due_on: date
    silence: str
    documents: list[str]


def described(declared: Sequence[Declared]) -> list[FieldOut]:
    return [field_out(one) for one in declared]


def kinds_of_documents() -> list[DocumentKindOut]:
    return [
        DocumentKindOut(kind=kind, label=LABELS[kind], of_a_child=kind in OF_A_CHILD)
        for kind in KINDS
    ]


def joined_documents(joined: Sequence[NewcomerDocument]) -> JoinedDocuments:
    return JoinedDocuments(items=[_joined(one) for one in joined])


def _joined(one: NewcomerDocument) -> JoinedOut:
    numbers = range(1, MOST_CHILDREN + 1)
    child = (n for n in numbers if person_id(one.family_id, "child", n) == one.child_id)
    return JoinedOut(
        document_id=one.document_id,
        kind=one.kind,
        label=LABELS[one.kind],
        child=next(child, None),
        byte_size=one.byte_size,
        dated_on=one.dated_on,
    )
