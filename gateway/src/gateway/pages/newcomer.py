"""Words and choices of the page of pre-registration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.web import shapes
from gateway import answers

SECTIONS = {"guardian": "responsable", "child": "enfant", "wish": "souhait"}
DOCUMENT = "document."
"""What the fields of the card of documents begin with; none of it is part of the form's words."""


@dataclass(frozen=True)
class Option:
    value: str
    label: str


def centre_options(centres: Sequence[str], typed: str) -> list[Option]:
    """With what was typed while the list was away, which must not be lost now that it is back."""
    kept = [typed] if typed and centres and typed not in centres else []
    return [Option(name, name) for name in (*centres, *kept)]


def child_options(typed: Mapping[str, str], children: int) -> list[Option]:
    return [Option(str(number), child_name(typed, number)) for number in range(1, children + 1)]


def child_name(typed: Mapping[str, str], number: int | None) -> str:
    """« Awa », or « Enfant 2 » until a name is typed; empty for the whole family."""
    if number is None:
        return ""
    return typed.get(f"child.{number}.given_name", "").strip() or f"Enfant {number}"


def kind_options(drawn: answers.NewcomerForm) -> list[Option]:
    return [
        Option(one.kind, f"{one.label} (par enfant)" if one.of_a_child else one.label)
        for one in drawn.documents
    ]


def placed(error: shapes.FieldError, drawn: answers.NewcomerForm) -> shapes.FieldError:
    """« Prénom (enfant 2) : … » in the summary, where the label does not stand beside."""
    section, _, rest = error.field.partition(".")
    number, _, name = rest.rpartition(".")
    declared = {"guardian": drawn.guardian, "child": drawn.child, "wish": drawn.wish}
    label = next((one.label for one in declared.get(section, ()) if one.name == name), None)
    if label is None:
        return error
    where = " ".join(filter(None, [SECTIONS[section], number]))
    return shapes.FieldError(error.field, f"{label} ({where}) : {error.message}")
