"""The bands of a rate as rows of a form: where each begins is typed, where it ends follows.

Bands that follow one another leave no quotient without a price, nor with two.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any

from enrolment.console.forms import Fields, one

from .money import Mistyped, cents, day, whole

Row = dict[str, str]
COLUMNS = ("label", "from", "children", "unit", "care", "effort", "floor")
BLANK_ROWS = 3
MOST_ROWS = 50


class WrongField(Mistyped):
    """What is wrong, and the field that it stands in."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def euros_typed(amount_cents: int) -> str:
    return f"{amount_cents // 100},{amount_cents % 100:02d}"


def rows_of(bands: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The bands of a rate that is in force, as they would be typed."""
    return [*(_row(band) for band in bands), *_blank()]


def _row(band: Mapping[str, Any]) -> Row:
    effort = band["effort_per_10000"]
    return {
        "label": band["label"],
        "from": str(band["from"]),
        "children": str(band["children_from"]),
        "unit": euros_typed(band["unit_cents"]),
        "care": euros_typed(band["care_cents"]),
        "effort": "" if effort is None else euros_typed(effort),
        "floor": "" if effort is None else euros_typed(band["floor_cents"]),
    }


def _blank() -> list[Row]:
    return [dict.fromkeys(COLUMNS, "") for _ in range(BLANK_ROWS)]


def typed_rows(fields: Fields) -> list[Row]:
    """What was typed, kept as it is, with blank rows after it."""
    numbers = range(MOST_ROWS)
    rows = [{name: one(fields, f"{name}-{n}").strip() for name in COLUMNS} for n in numbers]
    last = max((n for n, row in enumerate(rows) if any(row.values())), default=-1)
    return [*rows[: last + 1], *_blank()]


def typed_grid(fields: Fields, code: str, label: str) -> dict[str, Any]:
    """The whole rate, as billing takes it. Raises WrongField."""
    starts = _day(fields, "valid_from", "À partir du")
    if starts is None:
        raise WrongField("valid_from", "À partir du\u00a0: écrivez le premier jour du tarif.")
    last = _day(fields, "last_day", "Dernier jour")
    if last is not None and last < starts:
        raise WrongField("last_day", "Dernier jour\u00a0: il vient après le premier.")
    return {
        "code": code,
        "label": label,
        "valid_from": starts.isoformat(),
        "valid_to": None if last is None else (last + timedelta(days=1)).isoformat(),
        "non_resident_supplement_cents": _cents(fields, "supplement", "Supplément"),
        "bands": bands_of(fields),
    }


def bands_of(fields: Fields) -> list[dict[str, Any]]:
    """In order, each ending where the next of as many children begins. Raises WrongField."""
    bands = [
        _band(fields, n)
        for n in range(MOST_ROWS)
        if any(one(fields, f"{name}-{n}").strip() for name in COLUMNS)
    ]
    if not bands:
        raise WrongField("label-0", "Écrivez au moins une ligne\u00a0: son nom et son prix.")
    bands.sort(key=lambda band: (band["children_from"], band["from"]))
    for _, tier in groupby(bands, key=lambda band: band["children_from"]):
        _end(list(tier))
    if bands[0]["children_from"] != 1:
        raise WrongField("children-0", "Aucune ligne ne vaut dès le premier enfant.")
    return [{name: band[name] for name in band if name != "row"} for band in bands]


def _end(tier: list[dict[str, Any]]) -> None:
    if tier[0]["from"] != 0:
        text = f"{tier[0]['label']}\u00a0: la première tranche commence au quotient 0."
        raise WrongField(f"from-{tier[0]['row']}", text)
    for band, following in pairwise(tier):
        if band["from"] == following["from"]:
            text = f"{following['label']}\u00a0: une autre tranche commence à ce quotient."
            raise WrongField(f"from-{following['row']}", text)
        band["to"] = following["from"]


def _band(fields: Fields, n: int) -> dict[str, Any]:
    label = " ".join(one(fields, f"label-{n}").split())[:120]
    if not label:
        raise WrongField(f"label-{n}", f"Ligne {n + 1}\u00a0: donnez un nom à la tranche.")
    unit = _cents(fields, f"unit-{n}", f"Prix de {label}")
    typed_care = one(fields, f"care-{n}").strip()
    care = _cents(fields, f"care-{n}", f"Garde de {label}") if typed_care else unit
    if care > unit:
        raise WrongField(f"care-{n}", f"Garde de {label}\u00a0: elle ne dépasse pas le prix.")
    effort = floor = None
    if one(fields, f"effort-{n}").strip():
        effort = _cents(fields, f"effort-{n}", f"Taux d’effort de {label}")
        floor = _cents(fields, f"floor-{n}", f"Plancher de {label}")
        if not unit - care <= floor <= unit or not 0 < effort <= 10_000:
            text = f"Plancher de {label}\u00a0: il couvre le repas et ne dépasse pas le plafond."
            raise WrongField(f"floor-{n}", text)
    return {
        "row": n,
        "from": _whole(fields, f"from-{n}", f"Quotient de {label}") or 0,
        "to": None,
        "label": label,
        "unit_cents": unit,
        "care_cents": care,
        "children_from": _whole(fields, f"children-{n}", f"Enfants de {label}") or 1,
        "effort_per_10000": effort,
        "floor_cents": floor,
    }


def _cents(fields: Fields, name: str, label: str) -> int:
    try:
        return cents(fields, name, label)
    except Mistyped as wrong:
        raise WrongField(name, str(wrong)) from None


def _whole(fields: Fields, name: str, label: str) -> int | None:
    try:
        return whole(fields, name, label)
    except Mistyped as wrong:
        raise WrongField(name, str(wrong)) from None


def _day(fields: Fields, name: str, label: str) -> date | None:
    try:
        found = day(fields, name, label)
    except Mistyped as wrong:
        raise WrongField(name, str(wrong)) from None
    return None if found is None else date.fromisoformat(found)


def gaps(grids: Sequence[Mapping[str, Any]], today: date) -> list[dict[str, Any]]:
    """Days to come that no rate of a code prices: `first`, and `last` or None for ever."""
    found = []
    ordered = sorted(grids, key=lambda grid: (grid["code"], grid["valid_from"]))
    for _, group in groupby(ordered, key=lambda grid: grid["code"]):
        same = list(group)
        for grid, following in zip(same, [*same[1:], None], strict=True):
            ends: date | None = grid["valid_to"]
            begins: date | None = None if following is None else following["valid_from"]
            if ends is None or (begins and (begins <= ends or begins <= today)):
                continue
            last = None if begins is None else begins - timedelta(days=1)
            found.append({"label": grid["label"], "first": ends, "last": last})
    return found
