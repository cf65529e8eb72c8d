"""The words of the inbox: topics, what a new message is about, sizes of files."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from chassis.web import french

TOPICS: Mapping[str, str] = {
    "request": "Demandes",
    "child": "Enfants",
    "invoice": "Factures",
    "payment": "Règlements",
    "document": "Documents",
    "place": "Places",
    "closure": "Fermetures",
    "access": "Accès",
    "news": "Informations",
    "other": "Autres sujets",
}
KINDS: Mapping[str, str] = {"demande": "request", "enfant": "child", "facture": "invoice"}
"""How an address says what a message is about, and its topic."""


@dataclass(frozen=True)
class Subject:
    """What a new message is about: from an address, then with the name it has for people."""

    topic: str = "other"
    id: UUID | None = None
    label: str | None = None

    @property
    def word(self) -> str:
        """As an address says it; empty for anything."""
        found = next((word for word, topic in KINDS.items() if topic == self.topic), None)
        return f"{found}:{self.id}" if found and self.id else ""

    @property
    def title(self) -> str | None:
        """What the message is called before its author calls it something else."""
        if self.label is None:
            return None
        titles = {
            "request": f"Question sur la demande {self.label}",
            "invoice": f"Contestation de la facture {self.label}",
            "child": f"À propos {french.of(self.label)}",
        }
        return titles.get(self.topic)

    @property
    def body(self) -> dict[str, str | None]:
        return {
            "kind": self.topic,
            "id": str(self.id) if self.id else None,
            "number": self.label,
        }


def subject_of(word: str) -> Subject:
    """`facture:<id>`; anything else is about nothing in particular."""
    kind, _, text = word.partition(":")
    try:
        return Subject(KINDS[kind], UUID(text))
    except (KeyError, ValueError):
        return Subject()


@dataclass(frozen=True)
class Filter:
    """Which part of the inbox is on the screen; `view` as its address says it."""

    view: str = ""
    topic: str = ""
    search: str = ""

    def url(self, **changed: str) -> str:
        chosen = {"vue": self.view, "sujet": self.topic, "q": self.search} | changed
        kept = {name: value for name, value in chosen.items() if value}
        return "/messages" + (f"?{urlencode(kept)}" if kept else "")

    @property
    def asked(self) -> dict[str, str]:
        """As messaging wants it."""
        asked = {"archived": "true"} if self.view == "archives" else {}
        if self.view == "non-lus":
            asked["unread"] = "true"
        if self.topic:
            asked["topic"] = self.topic
        if self.search:
            asked["q"] = self.search
        return asked
