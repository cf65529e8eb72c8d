"""What the console's sections « Accès » and « Agents » say in French."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from chassis.web import french
from chassis.web.shapes import Fact, HistoryEntry

ROLES: Final = {
    "secretariat": "Secrétariat",
    "centre": "Centre",
    "cash_office": "Régie",
    "admin": "Administration",
    "auditor": "Lecture seule",
}
ROLE_HINTS: Final = {
    "secretariat": "demandes, familles, messages, accès",
    "centre": "listes et pointage de ses centres",
    "cash_office": "tarifs, factures, règlements",
    "admin": "agents, activités, réglages",
    "auditor": "tout lire, ne rien changer",
}
_ACTIONS: Final = {
    "issued": "Accès créé",
    "link-sent": "Lien envoyé par e-mail",
    "letter-made": "Courrier préparé",
    "address-changed": "Adresse électronique modifiée",
    "disabled": "Accès fermé",
    "enabled": "Accès rouvert",
    "second-factor-reset": "Second facteur retiré",
    "roles-changed": "Rôles modifiés",
}
_OUTCOMES: Final = {
    "opened": "Connexion réussie",
    "code-missing": "Mot de passe juste, code non donné",
}


def instant(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def holder(access: Mapping[str, Any]) -> str:
    """« Camille Noisetier » for an own access, « Accès de la famille » for the common one."""
    return str(access.get("guardian_name") or "Accès de la famille")


def state(access: Mapping[str, Any], now: datetime) -> str:
    """In one sentence whether the access can be used, and since when."""
    if disabled := instant(access.get("disabled_at")):
        return f"Fermé {french.moment(disabled, now)}"
    if expires := instant(access.get("link_expires_at")):
        return f"Lien en cours, jusqu’au {french.day_name(expires)} à {french.hour(expires)}"
    if not access.get("password_changed_at"):
        return "En attente d’activation, sans lien en cours"
    last = instant(access.get("last_sign_in"))
    return f"Utilisé {french.moment(last, now)}" if last else "Activé, jamais utilisé depuis"


def facts(access: Mapping[str, Any], now: datetime) -> list[Fact]:
    chosen = instant(access.get("password_changed_at"))
    return [
        Fact("Identifiant", str(access["identifier"])),
        Fact("Pour", holder(access)),
        Fact("Adresse électronique", str(access.get("email") or "celle du responsable, ou aucune")),
        Fact("Mot de passe", f"Choisi {french.moment(chosen, now)}" if chosen else "Pas encore"),
        Fact("État", state(access, now)),
    ]


def actions(listed: list[Mapping[str, Any]], now: datetime) -> list[HistoryEntry]:
    return [
        HistoryEntry(
            _ACTIONS.get(str(one["what"]), str(one["what"])),
            french.moment(datetime.fromisoformat(one["at"]), now),
            str(one["by_name"]),
        )
        for one in listed
    ]


def sign_ins(listed: list[Mapping[str, Any]], now: datetime) -> list[Fact]:
    return [
        Fact(
            _OUTCOMES.get(str(one["outcome"]), "Connexion refusée"),
            ", ".join(
                filter(
                    None,
                    [
                        french.moment(datetime.fromisoformat(one["at"]), now),
                        one.get("browser"),
                        one.get("place"),
                    ],
                )
            ),
        )
        for one in listed
    ]


def roles(listed: list[str]) -> str:
    return ", ".join(ROLES.get(role, role) for role in listed)
