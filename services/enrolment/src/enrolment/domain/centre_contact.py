"""How families reach a centre: its telephone, its address for e-mails, when it is open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from .authority import EMAIL, LONGEST, PHONE

WEEKDAYS = range(1, 8)
MOST_A_DAY = 2
"""A morning and an afternoon."""


@dataclass(frozen=True, order=True)
class Opening:
    """From one hour to another of a day of the week, 1 being Monday."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class CentreContact:
    """Empty texts and no openings until somebody has written them."""

    phone: str = ""
    email: str = ""
    openings: tuple[Opening, ...] = ()


def mistakes_in(contact: CentreContact) -> dict[str, str]:
    """A sentence in French for each field that cannot be kept."""
    return dict(_mistakes(contact))


def _mistakes(contact: CentreContact) -> Iterator[tuple[str, str]]:
    if contact.phone and not PHONE.fullmatch(contact.phone):
        yield "phone", "Un numéro comme 04 74 00 00 00."
    if contact.email and not (
        len(contact.email) <= LONGEST["email"] and EMAIL.fullmatch(contact.email)
    ):
        yield "email", "Une adresse comme centre@ville.fr."
    for weekday in WEEKDAYS:
        said = wrong_day([one for one in contact.openings if one.weekday == weekday])
        if said:
            yield f"hours-{weekday}", said


def wrong_day(openings: Sequence[Opening]) -> str | None:
    """What is wrong with the openings of one day, in their order."""
    if any(not one.opens < one.closes for one in openings):
        return "L’heure de fin vient après celle de début."
    if any(before.closes > after.opens for before, after in pairwise(sorted(openings))):
        return "L’après-midi commence après la fin du matin."
    return None
