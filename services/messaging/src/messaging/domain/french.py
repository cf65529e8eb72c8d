"""The few rules of French that notices need; the domain stands on the standard library alone.

The chassis has the same words for pages (`chassis.web.french`); a test keeps the two in step.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")
NBSP: Final = "\u00a0"
NARROW: Final = "\u202f"
MINUS: Final = "\u2212"

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


def of_month(period: str) -> str:
    """`de novembre 2026`, `d’octobre 2026`."""
    name = month(period)
    return f"d’{name}" if name[:1] in "ao" else f"de {name}"


def month(period: str) -> str:
    """`novembre 2026` from `2026-11`; anything else as it is."""
    year, _, number = period.partition("-")
    if not number.isdecimal() or not 1 <= int(number) <= 12:
        return period
    return f"{_MONTHS[int(number) - 1]} {year}"


def moment(instant: datetime) -> str:
    """`mercredi 25 novembre 2026 à 7 h 30`, on a French clock."""
    local = instant.astimezone(PARIS)
    minutes = f"{NBSP}{local.minute:02d}" if local.minute else ""
    return f"{day_long(local.date())} à {local.hour}{NBSP}h{minutes}"


def euros(cents: int) -> str:
    """`1 234,50 €` from integer cents."""
    whole, rest = divmod(abs(cents), 100)
    sign = MINUS if cents < 0 else ""
    return f"{sign}{whole:,}".replace(",", NARROW) + f",{rest:02d}{NBSP}€"
