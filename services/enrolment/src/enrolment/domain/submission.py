"""What a family sends: lines of child, slot and day, and what becomes of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from .agenda import Why
from .impact import Impact
from .request import LineOutcome


@dataclass(frozen=True, order=True)
class Line:
    """One child, one slot, one day."""

    child_id: UUID
    slot_id: UUID
    day: date


@dataclass(frozen=True)
class AnsweredLine:
    """A line and its answer; `reason` is a French sentence when it could not be requested."""

    line: Line
    outcome: LineOutcome
    why: Why | None = None
    reason: str | None = None


class UnknownFamily(LookupError):
    """The family, or one of its children, is not known here (yet): ask accounts."""


class NotFound(LookupError):
    """There is no such thing, or not for this family: the answer must not tell which."""


class RequestIdReused(Exception):
    """The same identifier came with other content."""


class NothingToRequest(Exception):
    """No line of the submission can be requested; each says why."""

    def __init__(
        self,
        lines: Sequence[AnsweredLine],
        words: str = "Aucun des jours choisis ne peut être réservé.",
    ) -> None:
        super().__init__(words)
        self.lines = tuple(lines)


class AbsenceIncomplete(ValueError):
    """A field of a declaration is missing or not of the list; the text is a French sentence."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


class OfferOver(Exception):
    """An offer can no more be taken; the text is a French sentence."""


class OutOfDate(Exception):
    """Somebody else changed it meanwhile: look again before changing it."""

    def __init__(self) -> None:
        super().__init__("Quelqu’un l’a modifié entre-temps : relisez avant d’enregistrer.")


class ChangeHurts(Exception):
    """The change would hurt what is already there; says whom, and waits to be confirmed."""

    def __init__(self, impact: Impact) -> None:
        super().__init__("Cette modification touche des réservations : vérifiez lesquelles.")
        self.impact = impact


class AlreadyExists(Exception):
    """Something with this identifier was created before."""
