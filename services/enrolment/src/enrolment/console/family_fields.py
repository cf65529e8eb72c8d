"""Fields of a file as accounts declares them: shown as facts, drawn as forms, read from a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.web import french
from chassis.web.shapes import Choice, Fact

from .forms import Fields, one

Declared = Mapping[str, Any]
"""One field of `GET /v1/staff/family-form`."""

FLAG = "flag"
_USUAL = {"payer_weeks": "every", "payer_share": 1000}
"""What is so for nearly everybody is not worth a line."""

_TYPES = {"tel": "tel", "email": "email", "date": "date", "time": "time"}


@dataclass(frozen=True)
class DrawnField:
    """What the macros of forms need; `name` may carry the section before a dot."""

    id: str
    name: str
    label: str
    widget: str
    value: str
    required: bool
    error: str | None
    hint: str | None
    autocomplete: str | None
    options: Sequence[Choice]
    attributes: Mapping[str, Any]

    @property
    def type(self) -> str:
        return _TYPES.get(self.widget, "text")

    @property
    def checked(self) -> bool:
        return self.value == "yes"


def drawn(
    declared: Sequence[Declared],
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    section: str = "",
) -> list[DrawnField]:
    """The fields with what stands or was typed in them."""
    before = f"{section}." if section else ""
    return [
        DrawnField(
            id=f"champ-{before}{field['name']}".replace(".", "-"),
            name=before + field["name"],
            label=field["label"],
            widget=field["widget"],
            value=_typed(values.get(field["name"])),
            required=field["required"],
            error=errors.get(before + field["name"]),
            hint=field["hint"],
            # Staff type about somebody else: the browser must not offer their own address.
            autocomplete="off",
            options=[Choice(code, words) for code, words in (field["choices"] or {}).items()],
            attributes=_attributes(field),
        )
        for field in declared
    ]


def _attributes(field: Declared) -> dict[str, Any]:
    if field["widget"] == "number":
        return {"inputmode": "numeric", "maxlength": field["longest"]}
    if field["widget"] in ("text", "lines", "email", "tel"):
        return {"maxlength": field["longest"]}
    return {}


def _typed(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "yes" if value is True else str(value)


def typed(declared: Sequence[Declared], fields: Fields, section: str = "") -> dict[str, Any]:
    """What the form says of each declared field; a box that is not ticked says no."""
    before = f"{section}." if section else ""
    return {
        field["name"]: bool(one(fields, before + field["name"]))
        if field["widget"] == FLAG
        else one(fields, before + field["name"])
        for field in declared
    }


def facts(
    declared: Sequence[Declared], kept: Mapping[str, Any], *, without: Sequence[str] = ()
) -> list[Fact]:
    """What is known, field by field; what is not known takes no room."""
    shown = [
        (field, _shown(field, kept.get(field["name"])))
        for field in declared
        if field["name"] not in without
    ]
    return [Fact(field["label"], words) for field, words in shown if words]


def _shown(field: Declared, value: Any) -> str:
    if field["widget"] == FLAG:
        return "Oui" if value else ""
    if value is None or value == "" or _USUAL.get(field["name"]) == value:
        return ""
    if field["choices"]:
        return str(field["choices"].get(value, ""))
    if field["widget"] == "date":
        return french.day_numeric(date.fromisoformat(value))
    return french.narrow_spaces(str(value))
