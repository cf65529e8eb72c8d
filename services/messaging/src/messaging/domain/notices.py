"""The words in which a decision is told to the family. Pure; plain text, never markup."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from .french import NBSP, day_long, join

GREETING = "Bonjour,"
EXCERPT = 140
"""Characters of a message that the list shows."""


@dataclass(frozen=True)
class Line:
    """One child, slot and day of the request, and whether it was granted."""

    child_name: str
    slot_label: str
    day: date
    accepted: bool


@dataclass(frozen=True)
class Item:
    """One field or document of a change set, by its label, and whether it was granted."""

    label: str
    accepted: bool
    reason: str | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided on a request; `kind` is that of architecture.md, section 3.

    A request has lines (days) or, for a change of the file, items and whom it is about.
    """

    number: str
    kind: str
    accepted: bool
    reason: str | None
    lines: tuple[Line, ...]
    subject: str | None = None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Contact:
    """Whom to ask."""

    service_name: str
    phone: str
    email: str


@dataclass(frozen=True)
class Notice:
    """A message for the inbox."""

    subject: str
    paragraphs: tuple[str, ...]


_NAMES = {
    "family.update": "demande de modification de vos informations",
    "child.add": "demande d’ajout d’un enfant",
    "child.update": "demande de modification des informations de votre enfant",
    "child.health": "demande de modification des données sanitaires",
    "child.authorisations": "demande de modification des autorisations",
    "child.photo": "demande de changement de photo",
    "document.submit": "demande de dépôt d’un document",
    "family.preregister": "demande de préinscription",
    "credentials.reset": "demande de nouveau mot de passe",
    "enrolment.open": "demande d’inscription",
    "school.enrol": "demande d’inscription scolaire",
    "booking.request": "demande de réservation",
    "booking.cancel": "demande d’annulation",
    "absence.declare": "déclaration d’absence",
}
"""Every name is feminine, so that « acceptée » and « refusée » agree."""


def notice_of(decision: Decision, contact: Contact) -> Notice:
    """Subject and paragraphs; the reason is the authority's own words, unchanged."""
    return Notice(_subject(decision), tuple(_paragraphs(decision, contact)))


def _subject(decision: Decision) -> str:
    name = _name(decision)
    about = _about(decision.lines) or decision.subject
    subject = f"{name[:1].upper()}{name[1:]} {_outcome(decision)}"
    return f"{subject}{NBSP}: {about}" if about else subject


def _paragraphs(decision: Decision, contact: Contact) -> Iterable[str]:
    yield GREETING
    number = f"n°{NBSP}{decision.number}"
    yield f"Votre {_name(decision)} ({number}) est {_outcome(decision)}."
    granted = [line for line in decision.lines if line.accepted]
    denied = [line for line in decision.lines if not line.accepted]
    if granted:
        yield _listed(_granted_title(decision.kind, len(granted)), granted)
    if denied:
        yield _listed("Refusé" if len(denied) == 1 else "Refusés", denied)
    yield from _items_told(decision.items)
    denied_items = [item for item in decision.items if not item.accepted]
    if decision.reason and (denied or denied_items or not decision.accepted):
        yield f"Motif{NBSP}: {decision.reason}"
    yield from _what_next(decision, granted, denied)
    yield (
        f"Une question{NBSP}? Contactez le {contact.service_name}{NBSP}: "
        f"{contact.phone} ou {contact.email}."
    )


def _name(decision: Decision) -> str:
    return _NAMES.get(decision.kind, "demande")


def _outcome(decision: Decision) -> str:
    of_lines = {line.accepted for line in decision.lines}
    outcomes = of_lines | {item.accepted for item in decision.items} or {decision.accepted}
    if len(outcomes) > 1:
        return "acceptée en partie"
    return "acceptée" if outcomes.pop() else "refusée"


def _about(lines: Sequence[Line]) -> str:
    """`Lou, mercredi 25 novembre 2026`, `Camille et Sacha, 3 jours`."""
    if not lines:
        return ""
    children = join(list(dict.fromkeys(line.child_name for line in lines)))
    days = {line.day for line in lines}
    when = day_long(next(iter(days))) if len(days) == 1 else f"{len(days)}{NBSP}jours"
    return f"{children}, {when}"


def _granted_title(kind: str, count: int) -> str:
    titles = {
        "booking.request": ("Place réservée", "Places réservées"),
        "booking.cancel": ("Place annulée", "Places annulées"),
        "absence.declare": ("Absence acceptée", "Absences acceptées"),
    }
    one, several = titles.get(kind, ("Accepté", "Acceptés"))
    return one if count == 1 else several


def _listed(title: str, lines: Sequence[Line]) -> str:
    """One line in a sentence, several as a list: a child and slot each, with its days."""
    if len(lines) == 1:
        return f"{title}{NBSP}: {_told(lines)}."
    groups = groupby(sorted(lines, key=_order), key=lambda line: (line.child_name, line.slot_label))
    entries = [f"– {_told(list(group))}" for _, group in groups]
    return "\n".join([f"{title}{NBSP}:", *entries])


def _items_told(items: Sequence[Item]) -> Iterable[str]:
    """Each item by its label; a refused one with its own reason."""
    granted = [item.label for item in items if item.accepted]
    if granted:
        yield f"{'Accepté' if len(granted) == 1 else 'Acceptés'}{NBSP}: {join(granted)}."
    denied = [item for item in items if not item.accepted]
    if len(denied) == 1:
        yield f"Refusé{NBSP}: {_refused(denied[0])}."
    elif denied:
        yield "\n".join([f"Refusés{NBSP}:", *(f"– {_refused(item)}" for item in denied)])


def _refused(item: Item) -> str:
    return f"{item.label} ({item.reason})" if item.reason else item.label


def _order(line: Line) -> tuple[str, str, date]:
    return line.child_name, line.slot_label, line.day


def _told(lines: Sequence[Line]) -> str:
    """`Lou, Mercredi journée, mercredi 25 novembre 2026`."""
    days = join([day_long(line.day) for line in lines])
    return f"{lines[0].child_name}, {lines[0].slot_label}, {days}"


def _what_next(
    decision: Decision, granted: Sequence[Line], denied: Sequence[Line]
) -> Iterable[str]:
    if decision.kind == "booking.request" and granted:
        days = {line.day for line in granted}
        one = "Ce jour porte" if len(days) == 1 else "Ces jours portent"
        yield f"{one} maintenant la mention «{NBSP}Réservé{NBSP}» dans l’agenda."
    if decision.kind == "booking.request" and denied:
        yield "Vous pouvez demander un autre jour depuis l’agenda."
    elif not decision.accepted:
        yield "Vous pouvez faire une nouvelle demande depuis le portail."


def excerpt(body: str) -> str:
    """The first words that say something, on one line, cut between words."""
    # Split at ordinary blanks only: a space that does not break stays what it is.
    text = " ".join(body.removeprefix(f"{GREETING}\n\n").replace("\n", " ").split(" "))
    if len(text) <= EXCERPT:
        return text
    return f"{text[:EXCERPT].rsplit(' ', 1)[0]}…"
