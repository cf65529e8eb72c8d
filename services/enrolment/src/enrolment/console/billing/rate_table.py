"""Rates from a spreadsheet: one line a band, the lines of one code together are one rate.

The cells become the fields of the form of a rate, so that both ways obey the same rules.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from enrolment.console.forms import Fields

from .money import Mistyped
from .rate_form import COLUMNS, MOST_ROWS, WrongField, typed_grid

TITLES: Final = {
    "code": "code",
    "nom": "label_of_rate",
    "a_partir_du": "valid_from",
    "dernier_jour": "last_day",
    "supplement_exterieur": "supplement",
    "tranche": "label",
    "quotient_a_partir_de": "from",
    "a_partir_de_enfants": "children",
    "prix": "unit",
    "dont_garde": "care",
    "taux_effort": "effort",
    "plancher": "floor",
}
NEEDED: Final = ("code", "nom", "a_partir_du", "tranche", "quotient_a_partir_de", "prix")
MOST_LINES: Final = 1000
MOST_RATES: Final = 100
MODEL: Final = (
    ("cantine", "Restauration", "01/09/2026", "", "0,50", "T1", "0", "1", "2,00", "0,80", "", ""),
    ("cantine", "Restauration", "01/09/2026", "", "0,50", "T2", "400", "1", "2,60", "1,00", "", ""),
)
"""Two lines of example, in the order of `TITLES`."""

Line = Mapping[str, str]


class WrongTable(ValueError):
    """The text says in French what is wrong, and in which line or rate."""


def rates_in(content: bytes) -> list[dict[str, Any]]:
    """Each rate as billing takes it. Raises WrongTable: then nothing of the file is usable."""
    lines = _lines(_decoded(content))
    by_code = groupby(sorted(lines, key=lambda line: line["code"]), key=lambda line: line["code"])
    rates = [_rate(code, list(bands)) for code, bands in by_code]
    if len(rates) > MOST_RATES:
        raise WrongTable(f"{len(rates)} tarifs\u00a0: {MOST_RATES} au plus à la fois.")
    return rates


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise WrongTable("Ce fichier n’est pas du texte\u00a0: enregistrez-le au format CSV.")


def _lines(text: str) -> list[Line]:
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    try:
        rows = list(csv.reader(text.splitlines(), delimiter=separator, strict=True))
    except csv.Error:
        raise WrongTable("Ce fichier n’est pas un CSV lisible.") from None
    if not rows:
        raise WrongTable("Ce fichier est vide.")
    titles = [title.strip().lower() for title in rows[0]]
    if missing := [title for title in NEEDED if title not in titles]:
        raise WrongTable(f"Colonnes absentes\u00a0: {', '.join(missing)}.")
    if len(rows) > MOST_LINES + 1:
        raise WrongTable(f"{len(rows) - 1} lignes\u00a0: {MOST_LINES} au plus.")
    found = [_line(titles, row) for row in rows[1:] if any(cell.strip() for cell in row)]
    if not found:
        raise WrongTable("Ce fichier n’a que sa ligne de titres.")
    return found


def _line(titles: Sequence[str], row: Sequence[str]) -> Line:
    cells = {name: cell.strip() for name, cell in zip(titles, row, strict=False)}
    return {TITLES[title]: cells.get(title, "") for title in TITLES} | {"code": cells["code"]}


def _rate(code: str, bands: list[Line]) -> dict[str, Any]:
    name = f"Tarif « {code} »" if code else "Une ligne sans code"
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,59}", code):
        words = "son code a des minuscules sans accent, des chiffres et des tirets"
        raise WrongTable(f"{name}\u00a0: {words}.")
    if len(bands) > MOST_ROWS:
        raise WrongTable(f"{name}\u00a0: {len(bands)} tranches, {MOST_ROWS} au plus.")
    for column in ("label_of_rate", "valid_from", "last_day", "supplement"):
        if len({band[column] for band in bands}) > 1:
            raise WrongTable(f"{name}\u00a0: ses lignes ne disent pas toutes la même chose.")
    if not bands[0]["label_of_rate"]:
        raise WrongTable(f"{name}\u00a0: donnez-lui le nom que les familles lisent.")
    try:
        return typed_grid(_fields(bands), code, bands[0]["label_of_rate"][:120])
    except (WrongField, Mistyped) as wrong:
        raise WrongTable(f"{name}. {wrong}") from None


def _fields(bands: Sequence[Line]) -> Fields:
    """As if it had been typed into the form; what is left empty has its usual value."""
    first = bands[0]
    fields = {
        "valid_from": [_iso(first["valid_from"])],
        "last_day": [_iso(first["last_day"])],
        "supplement": [first["supplement"] or "0"],
    }
    for n, band in enumerate(bands):
        cells = {name: band[name] for name in COLUMNS} | {"children": band["children"] or "1"}
        fields |= {f"{name}-{n}": [cell] for name, cell in cells.items()}
    return fields


def _iso(typed: str) -> str:
    """`01/09/2026` as the form's own field sends it; anything else is left for the form to say."""
    try:
        return datetime.strptime(typed, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007 - a day
    except ValueError:
        return typed
