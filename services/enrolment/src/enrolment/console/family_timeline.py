"""What befell a file, in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.web import french

_WHAT = {
    "created": "Dossier ouvert",
    "amended": "Dossier modifié",
    "imported": "Dossier importé",
    "merged": "Dossiers réunis",
}
_ACCESS = {
    "issued": "Accès créé",
    "disabled": "Accès fermé",
    "enabled": "Accès rouvert",
    "address-changed": "Adresse de l’accès changée",
    "link-sent": "Lien envoyé",
    "letter-made": "Lettre d’accès imprimée",
    "second-factor-reset": "Double authentification retirée",
}
_CHANGE = {
    "pending": "en attente",
    "in_the_way": "à reprendre",
    "applied": "acceptée et appliquée",
    "refused": "refusée",
    "withdrawn": "retirée",
}
_PARTS = {
    "health": "données sanitaires",
    "sheet": "fiche de l’enfant",
    "complete_sheet": "fiche complète",
    "document": "un justificatif",
    "photo": "photo",
    "export": "export du dossier",
}
_VERBS = {"opened.read": "A consulté", "opened.recorded": "A enregistré"}


@dataclass(frozen=True)
class Step:
    """One line of the timeline; `details` are the fields, before and after."""

    title: str
    when: str
    who: str
    details: list[str]


def step(happened: Mapping[str, Any], now: datetime) -> Step:
    at = datetime.fromisoformat(happened["at"])
    return Step(
        title=_title(happened),
        when=french.moment(at, now),
        who=happened["who"] or "",
        details=_details(happened),
    )


def _title(happened: Mapping[str, Any]) -> str:
    what, details = happened["what"], happened["details"]
    if what in _VERBS:
        part = _PARTS.get(details["part"], details["part"])
        about = f" ({details['child']})" if details.get("child") else ""
        return f"{_VERBS[what]}{french.NBSP}: {part}{about}"
    family, _, act = what.partition(".")
    if family == "access":
        said = _ACCESS.get(act, "Accès modifié")
        return f"{said}{french.NBSP}: {details['identifier']}"
    if family == "change":
        return f"Demande {details['number']}, {details['subject']}, {_CHANGE.get(act, act)}"
    return _WHAT.get(what, str(what))


def _details(happened: Mapping[str, Any]) -> list[str]:
    details = happened["details"]
    if not isinstance(details, list):
        return []
    return [_change(one) for one in details]


def _change(one: Mapping[str, Any]) -> str:
    before, after = one["before"] or "rien", one["after"] or "rien"
    return f"{one['subject_name']}, {one['label']}{french.NBSP}: {before} → {after}"
