"""Families from a table, one line per child: read line by line, told line by line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from . import fields
from .amending import STAFF_FAMILY, WrongFields, read
from .child import Child
from .family import Family, Guardian, IncompleteFamily, ready_to_record
from .fields import Field, Widget
from .quotient import QuotientPeriod, WrongQuotients
from .spelling import plain

KEY = "reference"
NAMESPACE = UUID("6f1d3c52-7a2e-4c58-9a10-1f8a4b7f2d11")
"""Of the identifiers of imported families: the same reference is the same family."""

MOST_LINES = 60_000
_REFERENCE = re.compile(r"[\w./-]{1,40}")
_FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_YES, _NO = ("oui", "o", "vrai", "true", "yes", "1"), ("non", "n", "faux", "false", "no", "0")


@dataclass(frozen=True)
class Column:
    """One column of the table: which field of which section it fills."""

    title: str
    section: str
    field: Field

    @property
    def label(self) -> str:
        return self.field.label


def _columns(
    prefix: str, section: str, declared: Sequence[Field], names: Mapping[str, str]
) -> list[Column]:
    known = {one.name: one for one in declared}
    return [Column(f"{prefix}{title}", section, known[name]) for title, name in names.items()]


_PERSON = {"civilite": "civility", "prenom": "given_name", "nom": "family_name"}
_GUARDIAN = {
    **_PERSON,
    "adresse": "street",
    "complement": "address_more",
    "code_postal": "postcode",
    "commune": "city",
    "mobile": "mobile_phone",
    "fixe": "home_phone",
    "telephone_travail": "work_phone",
    "email": "email",
    "employeur": "employer",
}
_CHILD = {
    "prenom": "given_name",
    "nom": "family_name",
    "naissance": "born_on",
    "lieu_naissance": "birth_place",
    "sexe": "sex",
    "ecole": "school",
    "classe": "class_name",
}
_FAMILY = {
    "famille": "name",
    "habite_le_territoire": "resident",
    "situation": "situation",
    "regime": "benefit_scheme",
    "allocataire": "benefit_number",
}
COLUMNS: tuple[Column, ...] = (
    *_columns("", "family", STAFF_FAMILY, _FAMILY),
    *_columns("quotient_", "quotient", fields.QUOTIENT, {"": "value", "depuis": "valid_from"}),
    *_columns("responsable1_", "guardian1", fields.GUARDIAN, _GUARDIAN),
    *_columns("responsable2_", "guardian2", fields.GUARDIAN, _GUARDIAN),
    *_columns("enfant_", "child", fields.CHILD, _CHILD),
)
BY_TITLE = {column.title.rstrip("_"): column for column in COLUMNS}
TITLES = (KEY, *BY_TITLE)
_NEEDED = (KEY, "famille", "responsable1_prenom", "responsable1_nom")
_SECTIONS: Mapping[str, Sequence[Field]] = {
    "family": STAFF_FAMILY,
    "quotient": fields.QUOTIENT,
    "guardian1": fields.GUARDIAN,
    "guardian2": fields.GUARDIAN,
    "child": fields.CHILD,
}

Line = tuple[int, Mapping[str, str]]


@dataclass(frozen=True)
class Mistake:
    """What is wrong on one line of the file; `column` is its title, empty for the whole line."""

    line: int
    column: str
    message: str


@dataclass(frozen=True)
class Read:
    """One family of the file, or what is wrong with its lines."""

    reference: str
    lines: tuple[int, ...]
    family: Family | None
    mistakes: tuple[Mistake, ...] = field(default_factory=tuple)


def unknown_titles(lines: Sequence[Line]) -> list[Mistake]:
    """What is wrong with the first line of the file: the titles."""
    titles = set(lines[0][1]) if lines else set()
    missing = [
        Mistake(1, title, "Cette colonne manque.") for title in _NEEDED if title not in titles
    ]
    unknown = [
        Mistake(1, title, "Cette colonne n’est pas connue.")
        for title in sorted(titles - set(TITLES))
    ]
    if len(lines) > MOST_LINES:
        return [Mistake(1, "", f"Le fichier a plus de {MOST_LINES} lignes\u00a0: coupez-le.")]
    return missing + unknown


def grouped(lines: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    """The lines of each family, in the order of the file; a line may stand anywhere."""
    families: dict[str, list[Line]] = {}
    for number, cells in lines:
        families.setdefault(cells.get(KEY, "").strip(), []).append((number, cells))
    yield from families.items()


def read_family(reference: str, lines: Sequence[Line], today: date) -> Read:
    """The family that these lines describe, or every mistake on them."""
    numbers = tuple(number for number, _ in lines)
    if not _REFERENCE.fullmatch(reference):
        words = "Une référence de lettres, chiffres, points, tirets ou barres est nécessaire."
        return Read(reference, numbers, None, tuple(Mistake(one, KEY, words) for one in numbers))
    mistakes: list[Mistake] = []
    common = _common(lines, mistakes)
    values = {section: _section(section, common, numbers[0], today, mistakes) for section in _ONCE}
    children = [_child(number, cells, today, mistakes) for number, cells in lines]
    if mistakes:
        return Read(reference, numbers, None, tuple(mistakes))
    try:
        family = _family(reference, values, [one for one in children if one], today)
    except (IncompleteFamily, WrongQuotients) as wrong:
        return Read(reference, numbers, None, (Mistake(numbers[0], "", str(wrong)),))
    return Read(reference, numbers, family)


_ONCE = ("family", "quotient", "guardian1", "guardian2")


def _common(lines: Sequence[Line], mistakes: list[Mistake]) -> dict[str, str]:
    """What the lines say of the family itself: once, or the same each time."""
    said: dict[str, tuple[int, str]] = {}
    for number, cells in lines:
        for title, column in BY_TITLE.items():
            cell = cells.get(title, "").strip()
            if not cell or column.section == "child":
                continue
            first, kept = said.setdefault(title, (number, cell))
            if kept != cell:
                words = f"Ne dit pas la même chose que la ligne {first}."
                mistakes.append(Mistake(number, title, words))
    return {title: cell for title, (_, cell) in said.items()}


def _section(
    section: str,
    cells: Mapping[str, str],
    line: int,
    today: date,
    mistakes: list[Mistake],
) -> dict[str, Any] | None:
    """The section's values; None when the file says nothing of it."""
    titles = {
        column.field.name: title for title, column in BY_TITLE.items() if column.section == section
    }
    typed: dict[str, object] = {
        name: _cell(BY_TITLE[title].field, cells[title].strip())
        for name, title in titles.items()
        if cells.get(title, "").strip()
    }
    if not typed and section != "family":
        return None
    try:
        return read(_SECTIONS[section], typed, today, None)
    except WrongFields as wrong:
        mistakes += [
            Mistake(line, titles.get(name, name), words) for name, words in wrong.errors.items()
        ]
        return None


def _child(
    number: int, cells: Mapping[str, str], today: date, mistakes: list[Mistake]
) -> dict[str, Any] | None:
    return _section("child", cells, number, today, mistakes)


def _cell(declared: Field, cell: str) -> object:
    """What a cell means: days as 02/03/2019, answers as their French words."""
    if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@"):
        cell = cell[1:]  # as our own export writes it, so that no spreadsheet runs it
    if declared.widget is Widget.DATE and (day := _FRENCH_DAY.fullmatch(cell)):
        return f"{day[3]}-{int(day[2]):02d}-{int(day[1]):02d}"
    if declared.widget is Widget.FLAG:
        word = plain(cell)
        return True if word in _YES else False if word in _NO else cell
    if declared.choices:
        words = {plain(label): code for code, label in declared.choices.items()}
        short = {"m": "m", "mr": "m", "f": "f", "fille": "f", "garcon": "m", "mme": "mme"}
        found = words.get(plain(cell), short.get(plain(cell), cell))
        return found if found in declared.choices else cell
    return cell


def _family(
    reference: str,
    values: Mapping[str, dict[str, Any] | None],
    children: Sequence[dict[str, Any]],
    today: date,
) -> Family:
    family_id = uuid5(NAMESPACE, reference)
    guardians = tuple(
        Guardian(uuid5(family_id, section), **{"is_payer": section == "guardian1", **kept})
        for section in ("guardian1", "guardian2")
        if (kept := values[section]) is not None
    )
    family = Family(
        family_id=family_id,
        version=1,
        reference=reference,
        guardians=guardians,
        children=tuple(
            Child(uuid5(family_id, f"child{position}"), 1, **one)
            for position, one in enumerate(children)
        ),
        quotients=(),
        **(values["family"] or {}),
    )
    quotient = values["quotient"]
    if quotient is not None:
        period = QuotientPeriod(quotient["valid_from"], None, quotient["value"])
        family = replace(family, quotients=(period,))
    return ready_to_record(family, today)
