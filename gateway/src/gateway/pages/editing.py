"""A section that is being edited in its place: what was typed, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from chassis.identifiers import new_id
from chassis.web.shapes import FieldError
from gateway.sheet_answers import Change, Field, Section, Value

SIGNATURE = "signature"
OURS = frozenset({"form_token", "request_id", "section", "version", "replaces"})
"""Names of a form that are not the file's."""


@dataclass(frozen=True)
class Editing:
    """Which section, from which version, as which request; a second sending is the same one."""

    section: str
    request_id: UUID
    version: int | None = None
    typed: Mapping[str, Value] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    trouble: str | None = None
    """What is wrong with the whole, in words."""

    replaces: UUID | None = None
    is_again: bool = False
    """Sent before, and nobody knows whether it was received."""

    def value_of(self, one: Field) -> Value:
        return self.typed.get(one.path, one.value)

    def shown_errors(self, section: Section) -> list[FieldError]:
        """For the summary: the whole first, then field by field in the order of the form."""
        known = [one.path for item in section.items for one in item.fields]
        known += [SIGNATURE, *(f"{item.path}.remove" for item in section.items)]
        listed = [FieldError(path, self.errors[path]) for path in known if path in self.errors]
        unknown = [words for path, words in self.errors.items() if path not in known]
        troubles = [self.trouble] if self.trouble else unknown[:1]
        return [FieldError(section.key, words) for words in troubles if words] + listed


def begin(section: str, corrected: Change | None) -> Editing:
    """A fresh form, or one that starts from the proposal that it corrects."""
    if corrected is None:
        return Editing(section, new_id())
    typed = {path: value for item in corrected.items for path, value in item.typed.items()}
    return Editing(section, new_id(), typed=typed, replaces=corrected.request_id)


def typed_in(form: Mapping[str, Any]) -> dict[str, Value]:
    """What the file's own fields hold, as texts."""
    return {
        name: value for name, value in form.items() if name not in OURS and isinstance(value, str)
    }


def problem_errors(problem: Mapping[str, Any]) -> dict[str, str]:
    """Accounts' own sentences, by field."""
    found = problem.get("fields")
    if not isinstance(found, list):
        return {}
    return {
        str(one.get("field", "")): str(one["message"])
        for one in found
        if isinstance(one, dict) and one.get("message")
    }


def edit_url(base: str, section: str, corrects: UUID | None = None) -> str:
    """The page with that section open, at that section."""
    asked = {"modifier": section} | ({"corriger": str(corrects)} if corrects else {})
    return f"{base}?{urlencode(asked)}#{section}"
