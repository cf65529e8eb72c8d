"""Families of the reference data (invented), each with what it is there to show.

The tenth, Tilleul, is not registered yet: see `newcomers.py`.
"""

from dataclasses import dataclass
from datetime import date

from portail_local.demo_data.files import child_traits, family_traits, guardian_traits

PASSWORD = "Libellule2026"  # noqa: S105 - printed by the demo for everyone to use


@dataclass(frozen=True)
class DemoChild:
    given_name: str
    age: int
    """Whole years today: the demo's children do not grow older than their groups."""


@dataclass(frozen=True)
class DemoFamily:
    name: str
    identifier: str
    parents: tuple[str, ...]
    children: tuple[DemoChild, ...]
    quotient: int | None = None
    quotient_in_january: int | None = None
    resident: bool = True
    signs_in: bool = True
    shows: str = ""

    @property
    def reference(self) -> str:
        return f"VA-{self.identifier.upper()}"


FAMILIES = (
    DemoFamily(
        "Noisetier",
        "noisetier",
        ("Camille", "Sacha"),
        (DemoChild("Lou", 7), DemoChild("Noé", 4)),
        quotient=540,
        shows="deux parents, deux enfants",
    ),
    DemoFamily(
        "Bleuet",
        "bleuet",
        ("Ana",),
        (DemoChild("Iris", 6),),
        quotient=399,
        quotient_in_january=400,
        shows="quotient qui change en janvier",
    ),
    DemoFamily(
        "Genêt",
        "genet",
        ("Maud", "Youssef"),
        (DemoChild("Adam", 9), DemoChild("Jade", 5)),
        quotient=1100,
        shows="garde alternée",
    ),
    DemoFamily(
        "Sureau",
        "sureau",
        ("Élodie", "Karim"),
        (DemoChild("Nina", 10), DemoChild("Tom", 8), DemoChild("Zoé", 5)),
        quotient=1250,
        shows="trois enfants, quotient juste à la limite d’une tranche",
    ),
    DemoFamily(
        "Aubépine",
        "aubepine",
        ("Pauline",),
        (DemoChild("Malo", 8),),
        resident=False,
        shows="hors territoire, quotient inconnu",
    ),
    DemoFamily(
        "Mélèze",
        "meleze",
        ("Hugo", "Inès"),
        (DemoChild("Tom", 6),),
        quotient=820,
        shows="PAI",
    ),
    DemoFamily(
        "Fougère", "fougere", ("Salomé",), (DemoChild("Léo", 7),), quotient=610, shows="jugement"
    ),
    DemoFamily(
        "Érable",
        "erable",
        ("Brigitte",),
        (DemoChild("Maxence", 11),),
        quotient=450,
        shows="solde sous le seuil de recouvrement",
    ),
    DemoFamily(
        "Sorbier",
        "sorbier",
        ("René",),
        (DemoChild("Lila", 9),),
        quotient=980,
        signs_in=False,
        shows="tout au guichet",
    ),
)


def born_on(age: int, today: date) -> date:
    """A birthday some months ago, so that the age holds for the demo's year."""
    month = (today.month + 7) % 12 + 1
    had_birthday = (month, 12) <= (today.month, today.day)
    return date(today.year - age - (0 if had_birthday else 1), month, 12)


def as_body(family: DemoFamily, today: date) -> dict[str, object]:
    """What accounts' door for new families takes."""
    return {
        "reference": family.reference,
        "name": family.name,
        "resident": family.resident,
        **family_traits(family.name),
        "guardians": [
            {
                "given_name": parent,
                "family_name": family.name,
                "is_payer": index == 0,
                **guardian_traits(family.name, parent, index),
            }
            for index, parent in enumerate(family.parents)
        ],
        "children": [
            {
                "given_name": child.given_name,
                "family_name": family.name,
                "born_on": born_on(child.age, today).isoformat(),
                **child_traits(family.name, family.parents[0], child.age, today),
            }
            for child in family.children
        ],
        "quotients": _quotients(family, today),
    }


def _quotients(family: DemoFamily, today: date) -> list[dict[str, object]]:
    if family.quotient is None:
        return []
    since = date(today.year - 1, 1, 1).isoformat()
    january = date(today.year + 1, 1, 1).isoformat()
    if family.quotient_in_january is None:
        return [{"valid_from": since, "valid_to": None, "value": family.quotient}]
    return [
        {"valid_from": since, "valid_to": january, "value": family.quotient},
        {"valid_from": january, "valid_to": None, "value": family.quotient_in_january},
    ]
