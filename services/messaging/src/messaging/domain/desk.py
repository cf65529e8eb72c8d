"""The staff's side of the inbox: who sees which threads, and replies kept ready. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from .threads import BODY_MAX, Topic, Unusable

NOTE_MAX = 4_000
LABEL_MAX = 80
MONEY = frozenset({Topic.INVOICE, Topic.PAYMENT})
EVERYTHING = frozenset(Topic)
TOPICS_OF: Mapping[str, frozenset[Topic]] = {
    "secretariat": EVERYTHING,
    "admin": EVERYTHING,
    "auditor": EVERYTHING,
    "cash_office": MONEY,
}
"""By role, for every centre; a role that is not here reads none of them so."""


OF_CENTRES = EVERYTHING - MONEY - {Topic.ACCESS}
"""What the team of a centre reads of what is written to its centre."""


def topics_for(roles: Iterable[str]) -> frozenset[Topic]:
    return frozenset[Topic]().union(*(TOPICS_OF.get(role, frozenset()) for role in roles))


@dataclass(frozen=True)
class Scope:
    """The threads that somebody of the staff deals with: of these topics wherever they are for,
    and what is written to one of these centres (decision 31)."""

    topics: frozenset[Topic] = frozenset()
    centres: frozenset[UUID] = frozenset()


class Pile(StrEnum):
    """The piles of the staff's queue."""

    WAITING = "waiting"
    MINE = "mine"
    OPEN = "open"
    CLOSED = "closed"


class Turn(StrEnum):
    """What happened to a thread beside its messages."""

    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True)
class Agent:
    """A member of staff who acts or follows a thread."""

    staff_id: UUID
    name: str


class Refused(Exception):
    """What was asked of a thread cannot be done with it; the text says why, in French."""


FIELDS: Mapping[str, str] = {
    "famille": "le nom de la famille",
    "agent": "votre nom",
    "service": "le nom du service",
    "date": "la date du jour",
    "objet": "l’objet de la conversation",
}
_FIELD = re.compile(r"\{([^{}\n]*)\}")


def usable_reply(label: str, body: str) -> tuple[str, str]:
    """A reply kept ready, whose fields are all known. Raises Unusable."""
    name, words = " ".join(label.split()), body.replace("\r\n", "\n").strip()
    if not name or len(name) > LABEL_MAX:
        raise Unusable("label", f"Donnez un nom de {LABEL_MAX} caractères au plus.")
    if not words or len(words) > BODY_MAX:
        raise Unusable("body", "Écrivez le texte de la réponse.")
    unknown = [found for found in _FIELD.findall(words) if found not in FIELDS]
    if unknown:
        known = ", ".join(f"{{{one}}}" for one in FIELDS)
        raise Unusable(
            "body", f"Champ inconnu\u00a0: {{{unknown[0]}}}. Champs possibles\u00a0: {known}."
        )
    return name, words


def fill(body: str, facts: Mapping[str, str]) -> str:
    """The reply with its fields filled; one without a fact stays visible, to be completed."""
    return _FIELD.sub(lambda found: facts.get(found[1]) or found[0], body)


def usable_note(typed: str) -> str:
    """Raises Unusable."""
    note = typed.replace("\r\n", "\n").strip()
    if not note or len(note) > NOTE_MAX:
        raise Unusable("note", f"Écrivez une note de {NOTE_MAX} caractères au plus.")
    return note


@dataclass(frozen=True)
class Absence:
    """What the service says of itself, and on which days, both included."""

    words: str
    first_day: date
    last_day: date

    def on(self, today: date) -> bool:
        return self.first_day <= today <= self.last_day


def usable_absence(words: str, first_day: date, last_day: date) -> Absence:
    """Raises Unusable."""
    text = " ".join(words.split())
    if not text or len(text) > 500:
        raise Unusable("words", "Écrivez ce que les familles liront, en 500 caractères au plus.")
    if last_day < first_day:
        raise Unusable("last_day", "Le dernier jour vient avant le premier.")
    return Absence(text, first_day, last_day)
