"""A proposed change: a change set of items that the authority accepts or refuses one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from .amending import WrongFields
from .editing import Content, Editable, Errors


class ChangeState(StrEnum):
    """Where a change stands for its owner; the request's own life is enrolment's."""

    PENDING = "pending"
    IN_THE_WAY = "in_the_way"
    """Accepted, but the file had changed meanwhile: staff decide again."""

    APPLIED = "applied"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({ChangeState.PENDING, ChangeState.IN_THE_WAY})


class ItemState(StrEnum):
    """What became of one item."""

    PENDING = "pending"
    APPLIED = "applied"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ChangeItem:
    """One thing that would change, from what to what; the words are what people read."""

    item_id: UUID
    path: str
    label: str
    old: Content
    new: Content
    old_words: str
    new_words: str
    state: ItemState = ItemState.PENDING
    found: Content = None
    """What stood in the file when the item could not be applied, if it was not `old`."""

    found_words: str | None = None

    @property
    def expects(self) -> Content:
        """What must stand in the file for the item to be applied."""
        return self.old if self.found_words is None else self.found


@dataclass(frozen=True)
class Change:
    """A change set as it stands."""

    request_id: UUID
    number: str
    version: int
    family_id: UUID
    kind: str
    child_id: UUID | None
    subject: str
    state: ChangeState
    base_version: int
    replaces: UUID | None
    submitted_at: datetime
    submitted_by: str
    guardian_id: UUID | None
    channel: str
    items: tuple[ChangeItem, ...]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class NothingChanged(Exception):
    """What was sent is what the file says already."""


class AlreadyPending(Exception):
    """Another proposal waits for the same thing: withdraw or correct it first."""

    def __init__(self, labels: Sequence[str]) -> None:
        listed = ", ".join(labels)
        super().__init__(f"Une demande attend déjà une réponse pour\u00a0: {listed}.")


class RequestIdReused(Exception):
    """The same identifier came with other content."""


class UnknownChange(Exception):
    """There is no such change, or it is not the caller's."""


def number_for(year: int, sequence: int) -> str:
    """F-2026-00042: the year of submission, and a number that never goes back."""
    return f"F-{year}-{sequence:05d}"


def proposed_items(
    may_change: Mapping[str, Editable],
    typed: Mapping[str, Any],
    today: date,
) -> list[tuple[Editable, Content]]:
    """What differs from the file, in the order of the file; raises WrongFields.

    A path that nobody may change is answered as a field that does not exist.
    """
    errors = _unknown_paths(may_change, typed)
    proposed = []
    for editable in may_change.values():
        if not editable.is_touched_by(typed):
            continue
        try:
            value = editable.read(typed, today)
        except WrongFields as wrong:
            errors |= wrong.errors
            continue
        if not editable.same(value, editable.now):
            proposed.append((editable, value))
    if errors:
        raise WrongFields(errors)
    return proposed


def _unknown_paths(may_change: Mapping[str, Editable], typed: Mapping[str, Any]) -> Errors:
    known = {
        path
        for editable in may_change.values()
        for path in (
            *(editable.field_path(one) for one in editable.fields),
            *((f"{editable.path}.remove",) if editable.can_be_removed else ()),
        )
    }
    return dict.fromkeys(typed.keys() - known, "Ce champ ne peut pas être modifié.")
