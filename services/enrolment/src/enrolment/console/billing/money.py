"""Amounts and days as people type them."""

import re
from datetime import date

from enrolment.console.forms import Fields, one

_AMOUNT = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?")


class Mistyped(ValueError):
    """The text says, in French, what is wrong."""


def cents(fields: Fields, name: str, label: str) -> int:
    """`12,50`, `12.5`, `1 234,50 €`. Raises Mistyped."""
    typed = re.sub(r"[\s\u00a0\u202f€]", "", one(fields, name))
    found = _AMOUNT.fullmatch(typed)
    if found is None:
        raise Mistyped(f"{label}\u00a0: écrivez un montant en euros, par exemple 12,50.")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0") or 0)


def day(fields: Fields, name: str, label: str) -> str | None:
    """ISO, None when empty. Raises Mistyped."""
    typed = one(fields, name).strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        raise Mistyped(f"{label}\u00a0: écrivez une date, par exemple 24/11/2026.") from None


def whole(fields: Fields, name: str, label: str) -> int | None:
    """None when empty. Raises Mistyped."""
    typed = one(fields, name).strip()
    if not typed:
        return None
    if not re.fullmatch(r"\d{1,7}", typed):
        raise Mistyped(f"{label}\u00a0: écrivez un nombre entier.")
    return int(typed)
