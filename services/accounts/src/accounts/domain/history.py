"""What was done to a file, field by field, in the words that staff read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from .amending import FIELDS, FieldChange, Subject
from .answering import answer_said
from .child import AUTHORISATIONS, Child
from .family import Family
from .fields import Field, as_value


class Act(StrEnum):
    """What staff did."""

    CREATED = "created"
    AMENDED = "amended"
    IMPORTED = "imported"
    MERGED = "merged"


@dataclass(frozen=True)
class Actor:
    """The member of staff, as called that day."""

    actor_id: UUID
    name: str


@dataclass(frozen=True)
class HistoryEntry:
    entry_id: UUID
    family_id: UUID
    at: datetime
    act: Act
    actor: Actor
    changes: tuple[FieldChange, ...]


def differences(before: Family, after: Family) -> tuple[FieldChange, ...]:
    """Every field that says something else, family first, then people in their order."""
    return tuple(_differences(before, after))


def _differences(before: Family, after: Family) -> Iterator[FieldChange]:
    yield from _fields(Subject.FAMILY, None, f"Famille {after.name}", before, after)
    for subject, people, key in _PEOPLE:
        earlier = {key(one): one for one in people(before)}
        later = {key(one): one for one in people(after)}
        for one, person in later.items():
            yield from _fields(subject, one, person.name, earlier.get(one), person)
        for one, person in earlier.items():
            if one not in later:
                yield from _fields(subject, one, person.name, person, None)
    for child in after.children:
        yield from _answers(before.child(child.child_id), child)
    if before.quotients != after.quotients:
        yield FieldChange(
            Subject.QUOTIENT,
            None,
            f"Famille {after.name}",
            "quotients",
            "Quotient familial",
            _quotients(before),
            _quotients(after),
        )


_PEOPLE: tuple[tuple[Subject, Callable[[Family], Sequence[Any]], Callable[[Any], UUID]], ...] = (
    (Subject.GUARDIAN, lambda family: family.guardians, lambda one: one.guardian_id),
    (Subject.CONTACT, lambda family: family.contacts, lambda one: one.contact_id),
    (Subject.CHILD, lambda family: family.children, lambda one: one.child_id),
)


def _fields(
    subject: Subject, subject_id: UUID | None, name: str, before: Any, after: Any
) -> Iterator[FieldChange]:
    for field in FIELDS[subject]:
        old, new = _shown(field, before), _shown(field, after)
        if old != new:
            yield FieldChange(
                str(subject),
                str(subject_id) if subject_id else None,
                name,
                field.name,
                field.label,
                old,
                new,
            )


def _answers(before: Child | None, after: Child) -> Iterator[FieldChange]:
    """Each answer as it was and is, with whose word it is."""
    for kind, label in AUTHORISATIONS.items():
        old = answer_said(before.authorisation(kind) if before else None)
        new = answer_said(after.authorisation(kind))
        if old != new:
            yield FieldChange(
                str(Subject.AUTHORISATION), str(after.child_id), after.name, kind, label, old, new
            )


def _shown(field: Field, holder: Any) -> str:
    """Of somebody who is not in the file, what a blank form says."""
    return field.shown(None if holder is None else as_value(getattr(holder, field.name)))


def _quotients(family: Family) -> str:
    return ", ".join(
        f"{one.value} à partir du {one.valid_from:%d/%m/%Y}" for one in family.quotients
    )
