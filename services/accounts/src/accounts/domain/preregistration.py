"""What a family that is not known yet writes to be registered: its form, read without trust."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid5

from . import fields, texts
from .amending import WrongFields
from .fields import Field, Value, Widget

PREREGISTER = "family.preregister"
MOST_GUARDIANS = 2
MOST_CHILDREN = 6

_GUARDIAN = (
    "civility",
    "given_name",
    "family_name",
    "street",
    "address_more",
    "postcode",
    "city",
    "mobile_phone",
    "home_phone",
    "email",
)
_CHILD = ("given_name", "family_name", "born_on", "sex", "school", "class_name")

GUARDIAN = tuple(one for one in fields.GUARDIAN if one.name in _GUARDIAN)
CHILD = tuple(one for one in fields.CHILD_IDENTITY if one.name in _CHILD)
WISH = (
    Field("centre", "Centre souhaité", longest=80, required=True),
    Field(
        "starts_on",
        "À partir du",
        Widget.DATE,
        required=True,
        longest=10,
        latest_in=timedelta(days=731),
        earliest=date(2020, 1, 1),
    ),
    Field(
        "message",
        "Votre message",
        Widget.LINES,
        texts.paragraph,
        longest=1000,
        hint="Les jours souhaités, vos questions. N’écrivez rien ici sur la santé.",
    ),
)
CONSENT = "consent"
NEEDS_CONSENT = "Cochez cette case : sans votre accord nous ne pouvons pas garder ces informations."
NEEDS_CONTACT = "Donnez un téléphone ou une adresse e-mail, pour que nous puissions vous répondre."
UNKNOWN = "Ce champ n’existe pas."

Kept = Mapping[str, Value]


@dataclass(frozen=True)
class Person:
    """A guardian or a child as read; the identifier follows from the family's, so that sending
    twice is the same family."""

    person_id: UUID
    values: Kept = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.values['given_name']} {self.values['family_name']}"


@dataclass(frozen=True)
class Preregistration:
    """What was written, complete."""

    family_id: UUID
    guardians: tuple[Person, ...]
    children: tuple[Person, ...]
    wish: Kept = field(repr=False)

    @property
    def name(self) -> str:
        """What the family is called until somebody knows better: its children's name."""
        return str(self.children[0].values["family_name"])


def read(family_id: UUID, typed: Mapping[str, object], today: date) -> Preregistration:
    """By path: `guardian.1.given_name`, `child.2.born_on`, `wish.centre`, `consent`.

    The first guardian and the first child are needed; others count once something is typed.
    Raises WrongFields with every path that is wrong.
    """
    errors: dict[str, str] = {}
    known = set(_paths())
    errors |= dict.fromkeys(typed.keys() - known, UNKNOWN)
    guardians = _people(family_id, "guardian", GUARDIAN, MOST_GUARDIANS, typed, today, errors)
    children = _people(family_id, "child", CHILD, MOST_CHILDREN, typed, today, errors)
    wish = _section("wish", WISH, typed, today, errors)
    if typed.get(CONSENT) not in (True, "yes", "on"):
        errors[CONSENT] = NEEDS_CONSENT
    first = guardians[0].values if guardians else {}
    reachable = any(first.get(name) for name in ("mobile_phone", "home_phone", "email"))
    if not reachable and not any(path.startswith("guardian.1.") for path in errors):
        errors["guardian.1.email"] = NEEDS_CONTACT
    if errors:
        raise WrongFields(errors)
    return Preregistration(family_id, tuple(guardians), tuple(children), wish)


def person_id(family_id: UUID, kind: str, number: int) -> UUID:
    return uuid5(family_id, f"{kind}.{number}")


def shown(declared: tuple[Field, ...], values: Kept) -> str:
    """What people read: every answer that was given, with its label, one a line."""
    lines = [(one.label, one.shown(values.get(one.name))) for one in declared]
    return "\n".join(f"{label}\u00a0: {words}" for label, words in lines if words)


def _people(
    family_id: UUID,
    kind: str,
    declared: tuple[Field, ...],
    most: int,
    typed: Mapping[str, object],
    today: date,
    errors: dict[str, str],
) -> list[Person]:
    found = []
    for number in range(1, most + 1):
        section = f"{kind}.{number}"
        if number > 1 and not any(typed.get(f"{section}.{one.name}") for one in declared):
            continue
        values = _section(section, declared, typed, today, errors)
        found.append(Person(person_id(family_id, kind, number), values))
    return found


def _section(
    section: str,
    declared: tuple[Field, ...],
    typed: Mapping[str, object],
    today: date,
    errors: dict[str, str],
) -> Kept:
    kept: dict[str, Value] = {}
    for one in declared:
        path = f"{section}.{one.name}"
        try:
            kept[one.name] = one.read(typed.get(path), today)
        except texts.WrongValue as wrong:
            errors[path] = str(wrong)
    return kept


def _paths() -> Iterator[str]:
    yield CONSENT
    yield from (f"wish.{one.name}" for one in WISH)
    for kind, declared, most in (
        ("guardian", GUARDIAN, MOST_GUARDIANS),
        ("child", CHILD, MOST_CHILDREN),
    ):
        for number in range(1, most + 1):
            yield from (f"{kind}.{number}.{one.name}" for one in declared)
