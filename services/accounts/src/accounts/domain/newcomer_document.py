"""What a family that is not registered yet may join to its request, and how much of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from .document import LABELS, DocumentKind

KINDS = (
    DocumentKind.INSURANCE,
    DocumentKind.VACCINATION,
    DocumentKind.QUOTIENT,
    DocumentKind.ADDRESS,
    DocumentKind.COURT_RULING,
)
"""What a request is studied with; a care plan is made once the child comes."""

MOST = 6
MOST_BYTES = 20 * 1024 * 1024
"""Of one request."""

MOST_UNSENT_BYTES = 512 * 1024 * 1024
"""Of all forms that were not sent yet: strangers fill no disk."""

UNSENT_FOR = timedelta(hours=2)
"""How long a file waits for the rest of its form."""

MOST_AN_HOUR = 24
"""Files from one address, also those that are refused: examining them costs."""

_TYPES = {"application/pdf": "PDF", "image/jpeg": "Photo (JPEG)", "image/png": "Image (PNG)"}


@dataclass(frozen=True)
class NewcomerDocument:
    """What is known of it without opening it; its people are those of the form."""

    document_id: UUID
    request_id: UUID
    family_id: UUID
    child_id: UUID | None
    kind: DocumentKind
    media_type: str
    byte_size: int
    pages: int
    dated_on: date
    expires_on: date | None
    received_at: datetime
    is_sent: bool = False

    @property
    def path(self) -> str:
        return f"document.{self.document_id}"

    @property
    def owner_id(self) -> UUID:
        """Whose data key seals it."""
        return self.child_id or self.family_id

    @property
    def words(self) -> str:
        """What staff read before they open it; what it is called is sealed."""
        told = {
            "Document": LABELS[self.kind],
            "Fichier": _TYPES[self.media_type],
            "Pages": str(self.pages),
            "Daté du": f"{self.dated_on:%d/%m/%Y}",
        }
        return "\n".join(f"{label}\u00a0: {value}" for label, value in told.items())


class TooMuchJoined(Exception):
    """The request carries as many documents, or as much, as it may."""


class NoRoomLeft(Exception):
    """Too much waits to be sent: better to say so than to fill the disk."""


class AlreadySent(Exception):
    """The request has left: nothing is joined to it any more."""


def ensure_room(joined: list[NewcomerDocument], more: int, unsent_bytes: int) -> None:
    """Raises TooMuchJoined or NoRoomLeft."""
    if len(joined) >= MOST:
        raise TooMuchJoined(f"Une demande porte {MOST} documents au plus.")
    if sum(one.byte_size for one in joined) + more > MOST_BYTES:
        raise TooMuchJoined(
            f"Ensemble, vos documents dépassent {MOST_BYTES // 1024 // 1024} Mo : "
            "retirez-en un, ou apportez celui-ci plus tard."
        )
    if unsent_bytes + more > MOST_UNSENT_BYTES:
        raise NoRoomLeft
