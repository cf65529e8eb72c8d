"""Words about supporting documents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.answers import Child
from gateway.vault_answers import Document

KINDS: Final = {
    "insurance": "Assurance responsabilité civile (par enfant)",
    "vaccination": "Vaccinations (par enfant)",
    "care_plan": "Projet d’accueil individualisé, PAI (par enfant)",
    "swimming_test": "Attestation d’aisance aquatique (par enfant)",
    "quotient": "Quotient familial ou avis d’imposition",
    "address": "Justificatif de domicile",
    "court_ruling": "Jugement",
}
STATES: Final = {
    "pending": ("requested", "En attente"),
    "accepted": ("booked", "Accepté"),
    "refused": ("refused", "Refusé"),
    "expired": ("locked", "Périmé"),
    "withdrawn": ("cancel_requested", "Retiré"),
}
_BY_FIELD: Final = {
    "kind": "Choisissez le type du document.",
    "child_id": "Dites de quel enfant il s’agit.",
    "dated_on": "Une date comme 02/11/2026.",
    "expires_on": "Une date comme 02/11/2026.",
    "file": "Choisissez un fichier.",
}


@dataclass(frozen=True)
class Group:
    """The documents of one child, or of the family."""

    title: str
    child_id: str
    documents: Sequence[Document]


def grouped(documents: Iterable[Document], children: Sequence[Child]) -> list[Group]:
    """One group for the family, then one for each child, the newest document first."""
    found = list(documents)
    known = {child.child_id for child in children}
    family = [one for one in found if one.child_id not in known]
    groups = [Group("La famille", "", family)]
    for child in children:
        theirs = [one for one in found if one.child_id == child.child_id]
        groups.append(Group(child.given_name, str(child.child_id), theirs))
    return groups


def state_of(document: Document) -> tuple[str, str]:
    """The shape that the calendar taught, and the word."""
    return STATES[document.state]


def errors_by_field(problem: Mapping[str, Any]) -> dict[str, str]:
    """A sentence for each field at fault."""
    fields = problem.get("fields")
    found: dict[str, str] = {}
    for item in fields if isinstance(fields, list) else []:
        if isinstance(item, dict):
            name = str(item.get("field", ""))
            found[name] = str(item.get("message") or _BY_FIELD.get(name, "À corriger."))
    return found


def weight(count: int) -> str:
    """`340 Ko`, `2,1 Mo`."""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} Ko"
    return f"{count / 1024 / 1024:.1f} Mo".replace(".", ",")
