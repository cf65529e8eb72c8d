"""Supporting documents and photos through the doors."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field

from accounts.domain.document import (
    LABELS,
    OPENED_BY_KIND,
    Document,
    DocumentKind,
    DocumentState,
)

from .health_schemas import Day

LONGEST_NAME = 100
SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


def none_if_empty(value: object) -> object:
    """A field that was left empty in a form."""
    return None if value == "" else value


MaybeDay = Annotated[Day | None, BeforeValidator(none_if_empty)]
MaybeId = Annotated[UUID | None, BeforeValidator(none_if_empty)]


class DocumentIn(BaseModel):
    """What is said of a document beside its file; the id is made by the client."""

    document_id: UUID
    kind: DocumentKind
    child_id: MaybeId = None
    dated_on: Day
    expires_on: MaybeDay = None


class PhotoIn(BaseModel):
    photo_id: UUID


class DocumentOut(BaseModel):
    """A document without its content; `own_of` is told to its guardian and to staff only."""

    document_id: UUID
    kind: DocumentKind
    label: str
    state: DocumentState
    child_id: UUID | None
    media_type: str
    byte_size: int
    pages: int
    dated_on: date
    expires_on: date | None
    submitted_at: datetime
    submitted_by: str
    opened_by: list[str] = Field(description="Roles that may open it.")


class Documents(BaseModel):
    items: list[DocumentOut]


class PhotoOut(BaseModel):
    """`photo_id` is also the request's id; without a number it was taken at once."""

    photo_id: UUID
    state: str
    number: str | None


class PhotosOut(BaseModel):
    current: bool
    pending: bool
    request_id: UUID | None


def document_out(document: Document, today: date) -> DocumentOut:
    return DocumentOut(
        document_id=document.document_id,
        kind=document.kind,
        label=LABELS[document.kind],
        state=document.state_on(today),
        child_id=document.child_id,
        media_type=document.media_type,
        byte_size=document.byte_size,
        pages=document.pages,
        dated_on=document.dated_on,
        expires_on=document.expires_on,
        submitted_at=document.submitted_at,
        submitted_by=document.submitted_by,
        opened_by=sorted(OPENED_BY_KIND[document.kind]),
    )


def safe_name(claimed: str, media_type: str) -> str:
    """A file name that no system reads as a path, with the ending that its content deserves."""
    visible = "".join(
        " " if unicodedata.category(character)[0] in "CZ" else character
        for character in unicodedata.normalize("NFC", claimed)
    )
    last = re.split(r"[/\\]", visible)[-1]
    stem = last.rpartition(".")[0] or last
    words = re.sub(r'[<>:"|?*;%]', " ", stem).split()
    cleaned = " ".join(words).strip(". ")[:LONGEST_NAME].strip()
    return (cleaned or "document") + SUFFIXES[media_type]
