"""Forms as browsers send them, read without trust."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from chassis.problems import Problem

MOST_FIELDS = 20
REASON_MAX = 500
"""Characters of a refusal's reason."""

_NUMBER: Final = re.compile(r"[0-9]{1,15}")


class UnusableReason(Exception):
    """The text says, in French, what is wrong with the reason that was typed."""


@dataclass(frozen=True)
class DecisionForm:
    """The version that the reader saw, and the reason as typed."""

    version: int
    typed_reason: str


async def decision_form(request: Request) -> DecisionForm:
    """Raises Problem 422 when it is not a form of ours."""
    try:
        pairs = parse_qsl(
            (await request.body()).decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise _broken() from None
    fields = dict(pairs)
    if not _NUMBER.fullmatch(fields.get("version", "")):
        raise _broken()
    return DecisionForm(int(fields["version"]), fields.get("reason", "").replace("\r\n", "\n"))


def usable_reason(typed: str) -> str:
    """The reason without outer spaces; raises UnusableReason."""
    reason = typed.strip()
    if not reason:
        raise UnusableReason("Écrivez le motif du refus.")
    if len(reason) > REASON_MAX:
        raise UnusableReason(
            f"Le motif compte {len(reason)} caractères\u00a0: {REASON_MAX} au plus."
        )
    if any(unicodedata.category(character) == "Cc" and character != "\n" for character in reason):
        raise UnusableReason(
            "Le motif contient des caractères invisibles\u00a0: tapez-le de nouveau."
        )
    return reason


def _broken() -> Problem:
    return Problem(
        422,
        "enrolment.broken-form",
        "Ce formulaire n’est pas complet",
        "Revenez à la liste des demandes et reprenez.",
    )
