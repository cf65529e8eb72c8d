"""The few rules of French that notices need; the domain stands on the standard library alone.

The chassis has the same words for pages (`chassis.web.french`); a test keeps the two in step.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

NBSP: Final = "\u00a0"

_DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS: Final = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def day_long(day: date) -> str:
    """`mercredi 25 novembre 2026`, `mardi 1er septembre 2026`."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{_DAYS[day.weekday()]} {number} {_MONTHS[day.month - 1]} {day.year}"


def join(items: Sequence[str]) -> str:
    """`Camille et Sacha`, `Lou, Noé et Ana`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} et {items[-1]}"
