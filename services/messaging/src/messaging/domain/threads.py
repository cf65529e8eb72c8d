"""A conversation between a family and the authority: what it is about, and who may see it."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

SUBJECT_MAX = 120
BODY_MAX = 10_000
"""Characters."""


class Topic(StrEnum):
    """What a thread is about, in the words of the queue."""

    REQUEST = "request"
    CHILD = "child"
    INVOICE = "invoice"
    PAYMENT = "payment"
    DOCUMENT = "document"
    PLACE = "place"
    CLOSURE = "closure"
    ACCESS = "access"
    NEWS = "news"
    OTHER = "other"


BEGUN_BY_FAMILIES = frozenset({Topic.REQUEST, Topic.CHILD, Topic.INVOICE, Topic.OTHER})


@dataclass(frozen=True)
class About:
    """What a thread is about; `kind` is a topic or, for notices of requests, the request's kind."""

    kind: str
    id: UUID | None = None
    number: str | None = None

    @property
    def topic(self) -> Topic:
        return Topic.REQUEST if "." in self.kind else Topic(self.kind)


@dataclass(frozen=True)
class Centre:
    """Which centre a thread is for."""

    centre_id: UUID
    name: str


@dataclass(frozen=True)
class Reader:
    """One side of a family: the access that its guardians share, or one guardian's own.

    A thread is for all guardians or for one of them. What is for one is not shown to the shared
    access either: both know its password.
    """

    family_id: UUID
    guardian_id: UUID | None = None

    @property
    def reader_id(self) -> UUID:
        return self.guardian_id or self.family_id

    def may_read(self, audience: UUID | None) -> bool:
        """Whether a thread for that guardian (None: for all) is also for this reader."""
        return audience is None or audience == self.guardian_id


@dataclass(frozen=True)
class Author:
    """Who writes, as the other side will read it."""

    id: str
    name: str
    guardian_id: UUID | None = None


@dataclass(frozen=True)
class Words:
    """What is sent; `message_id` is made by the client, so that sending twice sends once."""

    message_id: UUID
    body: str
    posted_at: datetime


class Unusable(Exception):
    """The text says, in French, what is wrong with what was typed; `field` says where."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field
        self.extra = {"field": field}


def usable_subject(typed: str) -> str:
    """One line; raises Unusable."""
    subject = " ".join(typed.split())
    if not subject:
        raise Unusable("subject", "Écrivez un objet.")
    if len(subject) > SUBJECT_MAX:
        raise Unusable("subject", f"L’objet est trop long\u00a0: {SUBJECT_MAX} caractères au plus.")
    if _has_controls(subject):
        raise Unusable(
            "subject", "L’objet contient des caractères invisibles\u00a0: tapez-le de nouveau."
        )
    return subject


def usable_body(typed: str) -> str:
    """Lines as typed, without outer blanks; raises Unusable."""
    body = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not body:
        raise Unusable("body", "Écrivez votre message.")
    if len(body) > BODY_MAX:
        raise Unusable("body", f"Le message est trop long\u00a0: {BODY_MAX} caractères au plus.")
    if _has_controls(body):
        raise Unusable(
            "body", "Le message contient des caractères invisibles\u00a0: tapez-le de nouveau."
        )
    return body


def _has_controls(text: str) -> bool:
    return any(
        unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"
        for character in text
    )
