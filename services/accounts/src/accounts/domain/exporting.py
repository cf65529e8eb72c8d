"""Families as a table: the columns that an import takes, each role those of its work."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from .access import Role
from .fields import Widget
from .importing import BY_TITLE, KEY, TITLES

Cell = str | int | date | None

_IDENTITY = (KEY, "famille")
_MONEY = ("habite_le_territoire", "regime", "allocataire", "quotient", "quotient_depuis")


def _of(*prefixes: str) -> tuple[str, ...]:
    return tuple(title for title in TITLES if title.startswith(prefixes))


def _without(titles: Iterable[str], *endings: str) -> tuple[str, ...]:
    return tuple(title for title in titles if not title.endswith(endings))


_PEOPLE = _of("responsable1_", "responsable2_")

COLUMNS_OF: Mapping[Role, tuple[str, ...]] = {
    Role.SECRETARIAT: TITLES,
    Role.ADMIN: TITLES,
    # Whoever bills needs whom to bill and at which rate, and no child's school.
    Role.CASH_OFFICE: (
        *_IDENTITY,
        *_MONEY,
        *_without(_PEOPLE, "employeur", "telephone_travail"),
        "enfant_prenom",
        "enfant_nom",
    ),
    # Whoever looks after the children needs whom to call.
    Role.CENTRE: (
        *_IDENTITY,
        *(title for title in _PEOPLE if title.endswith(("prenom", "nom", "mobile", "fixe"))),
        "responsable1_telephone_travail",
        "responsable2_telephone_travail",
        *_of("enfant_"),
    ),
}


def columns_for(roles: Iterable[Role]) -> tuple[str, ...]:
    """In the order of the table; what any of the roles may have."""
    allowed = {title for role in roles for title in COLUMNS_OF.get(role, ())}
    return tuple(title for title in TITLES if title in allowed)


def cells(titles: Sequence[str], sections: Mapping[str, Mapping[str, Any]]) -> list[Cell]:
    """One line of the table, of what is kept by section."""
    return [_cell(title, sections) for title in titles]


def _cell(title: str, sections: Mapping[str, Mapping[str, Any]]) -> Cell:
    if title == KEY:
        return str(sections["family"]["reference"])
    column = BY_TITLE[title]
    kept = sections.get(column.section, {}).get(column.field.name)
    if kept is None:
        return None
    return _WRITTEN.get(column.field.widget, str)(
        column.field.shown(kept)
        if column.field.choices or column.field.widget is Widget.FLAG
        else kept
    )


_WRITTEN: Mapping[Widget, Callable[[Any], Cell]] = {
    Widget.NUMBER: int,
    Widget.DATE: lambda kept: kept if isinstance(kept, date) else date.fromisoformat(kept),
}
