"""Forms as browsers send them, read without trust."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import Request

from chassis.problems import Problem

MOST_FIELDS = 700
LABEL_MAX = 80
REASON_MAX = 500
"""Characters of a refusal's reason."""

_RULINGS: Final = {"yes": True, "no": False}
_NUMBER: Final = re.compile(r"[0-9]{1,15}")


class UnusableReason(Exception):
    """The text says, in French, what is wrong with the reason that was typed."""


Fields = dict[str, list[str]]
"""What a form sent, by name, in the order sent."""


async def form_fields(request: Request, most: int = MOST_FIELDS) -> Fields:
    """Raises Problem 422 when it is not a form of ours."""
    try:
        pairs = parse_qsl(
            (await request.body()).decode("ascii"),
            keep_blank_values=True,
            max_num_fields=most,
            errors="strict",
        )
    except ValueError:
        raise broken() from None
    found: Fields = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return found


def one(fields: Fields, name: str) -> str:
    """The last value of that name, empty when there is none."""
    return fields.get(name, [""])[-1]


def identifier(fields: Fields, name: str) -> UUID | None:
    """None when nothing was chosen. Raises Problem 422 for what is no identifier."""
    typed = one(fields, name)
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise broken() from None


@dataclass(frozen=True)
class DecisionForm:
    """The version that the reader saw, the reason as typed, and the one at hand if chosen."""

    version: int
    typed_reason: str = ""
    ready_reason: UUID | None = None
    billable: bool | None = None
    """How staff rule about a declared absence; None leaves it to its reason."""


async def decision_form(request: Request) -> DecisionForm:
    """Raises Problem 422 when it is not a form of ours."""
    fields = await form_fields(request)
    if not _NUMBER.fullmatch(one(fields, "version")):
        raise broken()
    return DecisionForm(
        int(one(fields, "version")),
        one(fields, "reason"),
        identifier(fields, "ready"),
        _RULINGS.get(one(fields, "billable")),
    )


def usable_reason(typed: str, missing: str = "Écrivez le motif du refus.") -> str:
    """The reason without outer spaces; raises UnusableReason."""
    reason = typed.strip()
    if not reason:
        raise UnusableReason(missing)
    if len(reason) > REASON_MAX:
        raise UnusableReason(
            f"Le motif compte {len(reason)} caractères\u00a0: {REASON_MAX} au plus."
        )
    if any(unicodedata.category(character) == "Cc" and character != "\n" for character in reason):
        raise UnusableReason(
            "Le motif contient des caractères invisibles\u00a0: tapez-le de nouveau."
        )
    return reason


def usable_label(typed: str) -> str:
    """A short name on one line; raises UnusableReason."""
    label = " ".join(typed.split())
    if not label:
        raise UnusableReason("Donnez un nom court.")
    if len(label) > LABEL_MAX:
        raise UnusableReason(f"Ce nom compte {len(label)} caractères\u00a0: {LABEL_MAX} au plus.")
    if not label.isprintable():
        raise UnusableReason(
            "Ce nom contient des caractères invisibles\u00a0: tapez-le de nouveau."
        )
    return label


def broken(detail: str = "Revenez à la liste des demandes et reprenez.") -> Problem:
    return Problem(422, "enrolment.broken-form", "Ce formulaire n’est pas complet", detail)


def version_in(fields: Fields) -> int:
    """Of what was seen when the form was drawn. Raises Problem."""
    text = one(fields, "version")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise broken()
    return int(text)
