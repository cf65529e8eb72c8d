"""Two files of one family become one: whom they share, and which values survive."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from .amending import FIELDS, Subject
from .child import Child
from .contact import Contact
from .family import Family, Guardian, ready_to_record
from .spelling import plain


@dataclass(frozen=True)
class Pair:
    """One person who stands in both files."""

    kept: UUID
    absorbed: UUID


@dataclass(frozen=True)
class Choice:
    """Who is the same person, and which values are taken from the absorbed file.

    `taken` names fields as `family.situation` or `guardian.<kept id>.email`. What is not named
    stays as the kept file says; where it says nothing, the absorbed file fills the blank.
    """

    same_guardians: tuple[Pair, ...] = ()
    same_children: tuple[Pair, ...] = ()
    taken: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Difference:
    """One field that the two files know differently."""

    key: str
    label: str
    kept: str
    absorbed: str


class CannotMerge(Exception):
    """The text says why, in French."""


Person = TypeVar("Person", Guardian, Child)


def suggested(kept: Family, absorbed: Family) -> Choice:
    """Guardians of the same name, children of the same name and birth date."""
    return Choice(
        _pairs(kept.guardians, absorbed.guardians, lambda one: plain(one.name), _guardian_id),
        _pairs(
            kept.children,
            absorbed.children,
            lambda one: (plain(one.name), one.born_on),
            _child_id,
        ),
    )


def _guardian_id(one: Guardian) -> UUID:
    return one.guardian_id


def _child_id(one: Child) -> UUID:
    return one.child_id


def _pairs(
    kept: Iterable[Person],
    absorbed: Iterable[Person],
    looks: Callable[[Person], object],
    identifier: Callable[[Person], UUID],
) -> tuple[Pair, ...]:
    known = {looks(one): identifier(one) for one in kept}
    found = {
        known[looks(one)]: Pair(known[looks(one)], identifier(one))
        for one in absorbed
        if looks(one) in known
    }
    return tuple(found.values())


def merged(kept: Family, absorbed: Family, choice: Choice, today: date) -> Family:
    """The one file; versions are those of the kept one.

    Raises CannotMerge, IncompleteFamily or WrongQuotients.
    """
    if kept.family_id == absorbed.family_id:
        raise CannotMerge("Choisissez deux dossiers différents.")
    both = _filled(Subject.FAMILY, "family", kept, absorbed, choice.taken)
    guardians = _together(
        Subject.GUARDIAN,
        kept.guardians,
        absorbed.guardians,
        choice.same_guardians,
        choice,
        _guardian_id,
    )
    children = _together(
        Subject.CHILD, kept.children, absorbed.children, choice.same_children, choice, _child_id
    )
    contacts = (*kept.contacts, *_strangers(kept.contacts, absorbed.contacts))
    family = replace(
        both,
        guardians=tuple(guardians),
        children=tuple(children),
        contacts=contacts,
        quotients=kept.quotients or absorbed.quotients,
    )
    return ready_to_record(family, today)


def _together(
    subject: Subject,
    kept: Sequence[Person],
    absorbed: Sequence[Person],
    pairs: Sequence[Pair],
    choice: Choice,
    identifier: Callable[[Person], UUID],
) -> list[Person]:
    """The kept ones, completed, then those whom the kept file did not know."""
    other = {identifier(one): one for one in absorbed}
    same = {pair.kept: pair.absorbed for pair in pairs}
    known = {identifier(one) for one in kept}
    if not set(same) <= known or not set(same.values()) <= set(other):
        raise CannotMerge("Une personne désignée n’est dans aucun des deux dossiers.")
    if len(set(same.values())) != len(pairs) or len(same) != len(pairs):
        raise CannotMerge("La même personne est désignée deux fois.")
    completed = [
        _filled(subject, f"{subject}.{key}", one, other[same[key]], choice.taken)
        if (key := identifier(one)) in same
        else one
        for one in kept
    ]
    return completed + [one for one in absorbed if identifier(one) not in same.values()]


def _filled(subject: Subject, prefix: str, kept: Any, absorbed: Any, taken: frozenset[str]) -> Any:
    values = {}
    for declared in FIELDS[subject]:
        own, theirs = getattr(kept, declared.name), getattr(absorbed, declared.name)
        blank = own is None and theirs is not None
        if blank or f"{prefix}.{declared.name}" in taken:
            values[declared.name] = theirs
    return replace(kept, **values)


def _strangers(kept: Sequence[Contact], absorbed: Sequence[Contact]) -> list[Contact]:
    """Those of the absorbed file; who says something else of the same person stays too: a ban to
    collect must not be lost."""
    known = {(plain(one.name), one.collecting, one.phone) for one in kept}
    return [one for one in absorbed if (plain(one.name), one.collecting, one.phone) not in known]


def differences(kept: Family, absorbed: Family, choice: Choice) -> dict[str, list[Difference]]:
    """By part (`family`, `guardian.<kept id>`, `child.<kept id>`): what staff must choose."""
    found = {"family": _differing(Subject.FAMILY, "family", kept, absorbed)}
    for pair in choice.same_guardians:
        key = f"guardian.{pair.kept}"
        found[key] = _differing(
            Subject.GUARDIAN, key, kept.guardian(pair.kept), absorbed.guardian(pair.absorbed)
        )
    for pair in choice.same_children:
        key = f"child.{pair.kept}"
        found[key] = _differing(
            Subject.CHILD, key, kept.child(pair.kept), absorbed.child(pair.absorbed)
        )
    return found


def _differing(subject: Subject, prefix: str, kept: Any, absorbed: Any) -> list[Difference]:
    shown = []
    for declared in FIELDS[subject]:
        own, theirs = getattr(kept, declared.name), getattr(absorbed, declared.name)
        if own != theirs:
            words = (declared.shown(_value(own)), declared.shown(_value(theirs)))
            shown.append(Difference(f"{prefix}.{declared.name}", declared.label, *words))
    return shown


def _value(kept: Any) -> Any:
    return kept.isoformat() if isinstance(kept, date) else kept


def names_of(family: Family) -> Mapping[UUID, str]:
    """Everybody in the file who can be paired."""
    guardians = {one.guardian_id: one.name for one in family.guardians}
    return {**guardians, **{one.child_id: one.name for one in family.children}}
