"""People around the children: whom to call, who may come for them, who must not."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Collecting(StrEnum):
    """Whether somebody may leave with the child."""

    MAY = "may"
    NO = "no"
    MUST_NOT = "must_not"
    """A ruling or the family forbids it: the teams must know at the gate."""


COLLECTING = {
    Collecting.MAY: "Peut venir chercher l’enfant",
    Collecting.NO: "Ne vient pas chercher l’enfant",
    Collecting.MUST_NOT: "Ne doit pas venir chercher l’enfant",
}


@dataclass(frozen=True)
class Contact:
    """Somebody who is not a guardian, or a guardian who must not collect."""

    contact_id: UUID
    given_name: str
    family_name: str
    relation: str | None = None
    phone: str | None = None
    is_emergency: bool = False
    collecting: Collecting = Collecting.NO
    note: str | None = None
    """Such as the ruling that forbids; never about health."""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"
