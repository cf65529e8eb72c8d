"""The words of « Messages » in the console."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from chassis.web import french
from chassis.web.shapes import HistoryEntry

from .correspondence import Happened

TOPICS: Final[Mapping[str, str]] = {
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
PILES: Final[Mapping[str, tuple[str, str]]] = {
    "attente": ("waiting", "À répondre"),
    "miens": ("mine", "Que je suis"),
    "ouverts": ("open", "Ouverts"),
    "clos": ("closed", "Clos"),
}
"""By the word in the address: the pile's name in messaging, and its label."""

CATEGORIES: Final[Mapping[str, str]] = {
    "receipt": "Accusé de réception",
    "decision": "Réponse à une demande",
    "message": "Message du service",
    "offer": "Place qui se libère",
    "invoice": "Facture",
    "payment": "Règlement",
    "reminder": "Rappel de paiement",
    "document": "Document à renouveler",
    "closure": "Fermeture",
    "news": "Information générale",
    "cut_off": "Rappel de date limite",
    "password": "Mot de passe changé",
    "activation": "Lien d’ouverture d’accès",
    "reset": "Lien de mot de passe",
}
STATES: Final[Mapping[str, str]] = {
    "waiting": "En attente d’envoi",
    "sent": "Remis au serveur",
    "refused": "Adresse refusée",
    "failed": "Abandonné",
}


def history(entries: Sequence[Happened], now: datetime) -> list[HistoryEntry]:
    return [
        HistoryEntry(_happened(one), french.moment(one.at, now), one.by_name) for one in entries
    ]


def _happened(one: Happened) -> str:
    match one.kind:
        case "assigned":
            return f"Confié à {one.detail}"
        case "unassigned":
            return "N’est plus suivi"
        case "transferred":
            topic, _, centre = (one.detail or "").partition(":")
            words = f"Transféré{french.NBSP}: {TOPICS.get(topic, topic)}"
            return f"{words}, {centre}" if centre else words
        case "closed":
            return "Clos"
        case _:
            return "Rouvert"
