"""A weekly pattern: « tous les mercredis jusqu'au … », « les lundis et jeudis de janvier »."""

from dataclasses import dataclass
from datetime import date

from .activity import days

LONGEST_DAYS = 400
"""A little more than a school year."""


class InvalidPattern(ValueError):
    """The parts of the pattern do not go together; the text is a French sentence."""


@dataclass(frozen=True)
class WeeklyPattern:
    """Some weekdays (ISO, Monday is 1) between two days, both included. Raises InvalidPattern."""

    weekdays: frozenset[int]
    first: date
    last: date

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= set(range(1, 8)):
            raise InvalidPattern("Choisissez au moins un jour de la semaine.")
        if self.first > self.last:
            raise InvalidPattern("Le dernier jour est avant le premier.")
        if (self.last - self.first).days > LONGEST_DAYS:
            raise InvalidPattern("Choisissez une période d’un an au plus.")

    def days(self) -> list[date]:
        return [day for day in days(self.first, self.last) if day.isoweekday() in self.weekdays]
