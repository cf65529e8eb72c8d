"""Which changes hold something sealed, and where it is opened."""

from uuid import UUID

from .choice import QUEUE

HEALTH = "child.health"
FILES = {"document.submit": "Ouvrir le document", "child.photo": "Voir la photo"}


def opening(kind: str, request_id: UUID) -> tuple[str | None, str]:
    """Where the content of that kind of change is opened, and the words that lead there."""
    if kind == HEALTH:
        return f"{QUEUE}/{request_id}/sante", "Ouvrir les données sanitaires"
    if kind in FILES:
        return f"{QUEUE}/{request_id}/fichier", FILES[kind]
    return None, ""
