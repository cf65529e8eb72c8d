"""Whose bills a reader sees, when the payers of a family are billed apart."""

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, or_, true


@dataclass(frozen=True)
class Sight:
    """A family's bills as somebody reads them.

    What is billed to one payer is for that guardian's own access: not for the other's, and not for
    the one that the family shares, whose password both know (decisions 19 and 29). What is billed
    to the payers together is for all of them; staff see everything.
    """

    family_id: UUID
    guardian_id: UUID | None = None
    is_whole: bool = False

    @classmethod
    def of_staff(cls, family_id: UUID) -> Self:
        return cls(family_id, is_whole=True)

    def covers(self, payer_id: UUID | None) -> bool:
        return self.is_whole or payer_id is None or payer_id == self.guardian_id

    def condition(self, payer_id: Any) -> ColumnElement[bool]:
        """The same for a column."""
        if self.is_whole:
            return true()
        return or_(payer_id.is_(None), payer_id == self.guardian_id)

    SQL = "(:whole OR payer_id IS NULL OR payer_id = CAST(:guardian AS uuid))"

    @property
    def values(self) -> dict[str, Any]:
        """What `SQL` is given."""
        return {"whole": self.is_whole, "guardian": self.guardian_id}
