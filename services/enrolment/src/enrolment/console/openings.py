"""Which changes hold something sealed, and where it is opened."""

from uuid import UUID

from enrolment.domain.request import LineOutcome

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


def opening_of_item(request_id: UUID, path: str | None, outcome: LineOutcome) -> str | None:
    """Where a document that came with a pre-registration is opened, until it is decided."""
    kind, _, document_id = (path or "").partition(".")
    if kind != "document" or outcome is not LineOutcome.REQUESTED:
        return None
    return f"{QUEUE}/{request_id}/documents/{document_id}"
