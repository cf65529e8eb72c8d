"""What can be proposed: one thing at a time, each with its label, its fields and its value now.

The sections of a file (`account_form.py`, `child_form.py`) list them. What is not in a section
that the reader sees can neither be drawn in a form nor come in through the API.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from .amending import WrongFields
from .fields import Field, Value
from .texts import WrongValue

Content = Value | dict[str, Value]
"""An item's value: one field's, or those of a whole (a contact, an answer) by name."""

Errors = dict[str, str]
"""By the path of the field: what is wrong, in French."""

REMOVE = "remove"
NEW = "new"


def _nothing_to_check(_: Mapping[str, Value]) -> Errors:
    return {}


@dataclass(frozen=True)
class Editable:
    """One item: accepted or refused as a whole."""

    path: str
    label: str
    fields: tuple[Field, ...]
    now: Content
    is_whole: bool = False
    """Several fields that stand or fall together, under `path.name`."""

    can_be_removed: bool = False
    check: Callable[[Mapping[str, Value]], Errors] = _nothing_to_check
    """What the fields must be together; errors by the field's name."""

    may_stay_empty: bool = False
    """A whole that was never filled in is left alone when all its fields come empty."""

    said: Callable[[Mapping[str, Value]], str] | None = None
    """A whole in a sentence; else its fields one after the other."""

    aside: frozenset[str] = frozenset()
    """Names in a whole's value that are no field: they neither make nor hide a difference."""

    def field_path(self, one: Field) -> str:
        return f"{self.path}.{one.name}" if self.is_whole else self.path

    def value_of(self, one: Field) -> Value:
        """What the field holds now, for a form to start from."""
        if isinstance(self.now, dict):
            return self.now.get(one.name)
        return None if self.is_whole else self.now

    def is_touched_by(self, typed: Mapping[str, Any]) -> bool:
        paths = {self.field_path(one) for one in self.fields}
        return bool(paths & typed.keys()) or bool(typed.get(f"{self.path}.{REMOVE}"))

    def read(self, typed: Mapping[str, Any], today: date) -> Content:
        """What is proposed; a field that was not sent keeps its value. Raises WrongFields."""
        if self.can_be_removed and typed.get(f"{self.path}.{REMOVE}") in (True, "true", "on"):
            return None
        if self.may_stay_empty and self.now is None and not self._is_filled(typed):
            return None
        errors: Errors = {}
        values: dict[str, Value] = {}
        for one in self.fields:
            path = self.field_path(one)
            try:
                values[one.name] = one.read(typed.get(path, self.value_of(one)), today)
            except WrongValue as wrong:
                errors[path] = str(wrong)
        if not errors and self.is_whole:
            found = self.check(values)
            errors = {f"{self.path}.{name}": words for name, words in found.items()}
        if errors:
            raise WrongFields(errors)
        return values if self.is_whole else values[self.fields[0].name]

    def _is_filled(self, typed: Mapping[str, Any]) -> bool:
        return any(typed.get(self.field_path(one)) not in (None, "") for one in self.fields)

    def same(self, one: Content, other: Content) -> bool:
        return self._compared(one) == self._compared(other)

    def _compared(self, value: Content) -> Content:
        if not isinstance(value, dict):
            return value
        return {name: kept for name, kept in value.items() if name not in self.aside}

    def still_offers(self, value: Content) -> bool:
        """Whether an answer may still be given: whom it names may have left since."""
        choices = None if self.is_whole else self.fields[0].choices
        return choices is None or value is None or value in choices

    def shown(self, value: Content) -> str:
        """The value in words; empty when there is none."""
        if not isinstance(value, dict):
            return self.fields[0].shown(value) if not self.is_whole else ""
        if self.said is not None:
            return self.said(value)
        parts = [
            one.label if value.get(one.name) is True else one.shown(value.get(one.name))
            for one in self.fields
            if value.get(one.name) not in (None, False)
        ]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Section:
    """A card of a page: what it shows is edited in its place, as one proposal of one kind."""

    key: str
    title: str
    kind: str
    version: int
    """Of the family or the child that the section shows."""

    items: tuple[Editable, ...]
    child_id: UUID | None = None
    is_hidden: bool = False
    is_new: bool = False
    """Nothing is shown: the section is a form to add something."""

    needs_signature: bool = False
    note: str = field(default="")


def editables(sections: tuple[Section, ...], kind: str) -> dict[str, Editable]:
    """By path: all that may be proposed under this kind."""
    return {
        item.path: item
        for section in sections
        if section.kind == kind and not section.is_hidden
        for item in section.items
    }


def scalar(path: str, one: Field, now: Value, owner: str = "") -> Editable:
    """An item of one field; `owner` tells staff whose it is."""
    return Editable(path, f"{one.label} ({owner})" if owner else one.label, (one,), now)
