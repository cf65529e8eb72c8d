"""How the local authority presents itself on pages, papers and e-mails."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

SCHOOL_ZONES: Final = ("A", "B", "C")
LONGEST: Final[Mapping[str, int]] = {
    "name": 120,
    "service_name": 80,
    "address": 200,
    "phone": 30,
    "email": 254,
    "opening_hours": 600,
}
"""Characters of each text."""

MISSING: Final[Mapping[str, str]] = {
    "name": "Écrivez le nom de la collectivité.",
    "service_name": "Écrivez le nom du service.",
    "address": "Écrivez l’adresse où les familles viennent.",
    "phone": "Écrivez le téléphone que les familles appellent.",
    "email": "Écrivez l’adresse à laquelle les familles écrivent.",
}
PHONE: Final = re.compile(r"\+?[0-9][0-9 .]{2,28}")
EMAIL: Final = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+")


@dataclass(frozen=True)
class AuthorityRecord:
    """`opening_hours` are lines of text; `school_zone` is A, B or C."""

    name: str
    service_name: str
    address: str
    phone: str
    email: str
    opening_hours: str
    school_zone: str


def mistakes_in(record: AuthorityRecord) -> dict[str, str]:
    """A sentence in French for each field that cannot be kept."""
    return dict(_mistakes(record))


def _mistakes(record: AuthorityRecord) -> Iterator[tuple[str, str]]:
    for field, longest in LONGEST.items():
        text: str = getattr(record, field)
        if not text and field in MISSING:
            yield field, MISSING[field]
        elif len(text) > longest:
            yield field, f"{len(text)} caractères\u00a0: {longest} au plus."
        elif not text.replace("\n", "").isprintable():
            yield field, "Ce texte contient des caractères invisibles\u00a0: tapez-le de nouveau."
        elif field == "phone" and not PHONE.fullmatch(text):
            yield field, "Un numéro comme 04 74 00 00 00."
        elif field == "email" and not EMAIL.fullmatch(text):
            yield field, "Une adresse comme enfance@ville.fr."
    if record.school_zone not in SCHOOL_ZONES:
        yield "school_zone", "Choisissez la zone de vacances scolaires."
