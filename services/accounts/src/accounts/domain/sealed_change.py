"""Changes whose content is sealed elsewhere: the change set says only that there is one."""

from uuid import UUID

from .change import ChangeItem
from .document import HEALTH_KINDS, LABELS, DocumentKind

CHILD_HEALTH = "child.health"
CHILD_PHOTO = "child.photo"
DOCUMENT_SUBMIT = "document.submit"

HEALTH_LABEL = "Données sanitaires"
HEALTH_DOCUMENT = "Document de santé"
"""What other services, and staff who may not open it, know of a document about health."""


def sealed_item(item_id: UUID, path: str, label: str) -> ChangeItem:
    """The one item of such a change: a label, and words that say nothing of the content."""
    return ChangeItem(
        item_id=item_id,
        path=path,
        label=label,
        old=None,
        new=None,
        old_words="",
        new_words="",
    )


def document_label(kind: DocumentKind) -> str:
    return HEALTH_DOCUMENT if kind in HEALTH_KINDS else LABELS[kind]
