"""The form of a child's health data: rows that can be left empty, kept as typed when refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.vault_answers import HealthRecord

MOST_ROWS = 30
SPARE_ROWS = 2
"""Empty rows at the end of each list, for those who have no script to add one."""


@dataclass(frozen=True)
class Column:
    """One field of a row; `kind` is what the browser draws."""

    name: str
    label: str
    kind: str = "text"
    longest: int = 120
    required: bool = False
    hint: str | None = None


@dataclass(frozen=True)
class Rows:
    """A list that the family fills in, one row for each thing."""

    name: str
    title: str
    one: str
    columns: tuple[Column, ...]
    hint: str | None = None


TEXT = 2000
ROWS = (
    Rows(
        "allergies",
        "Allergies",
        "Allergie",
        (
            Column("substance", "À quoi", required=True),
            Column("measures", "Conduite à tenir", "lines", TEXT),
        ),
    ),
    Rows(
        "vaccinations",
        "Vaccinations",
        "Vaccin",
        (
            Column("vaccine", "Vaccin", required=True),
            Column("given_on", "Fait le", "date", required=True),
            Column("next_due_on", "Rappel à partir du", "date"),
        ),
        hint="Comme dans le carnet de santé. La copie se dépose avec les documents.",
    ),
    Rows(
        "treatments",
        "Traitements",
        "Traitement",
        (
            Column("name", "Médicament", required=True),
            Column("instructions", "Comment et quand", "lines", TEXT),
            Column("starts_on", "Du", "date"),
            Column("ends_on", "Au", "date"),
        ),
        hint="Aucun médicament n’est donné sans ordonnance.",
    ),
    Rows(
        "notes",
        "Autres informations médicales",
        "Information",
        (
            Column("text", "Ce que les équipes doivent savoir", "lines", TEXT, required=True),
            Column("noted_on", "Depuis le", "date"),
        ),
    ),
)
CARE_PLAN = (
    Column("instructions", "Ce que prévoit le PAI", "lines", TEXT, required=True),
    Column("valid_from", "Valable du", "date"),
    Column("valid_until", "Au", "date"),
)
PLAN = "care_plan"

Typed = Mapping[str, Any]
"""As accounts takes a record: lists of rows, and the care plan; every value as it was typed."""


def typed_from(record: HealthRecord) -> dict[str, Any]:
    """What a form shows at first: what is recorded."""
    kept = record.model_dump(mode="json")
    return {name: kept[name] for name in (*(rows.name for rows in ROWS), PLAN)}


def typed_in(fields: Mapping[str, str]) -> dict[str, Any]:
    """What somebody typed; rows that were left empty are not there."""
    typed: dict[str, Any] = {rows.name: _rows_in(rows, fields) for rows in ROWS}
    plan = {column.name: fields.get(f"{PLAN}-{column.name}", "").strip() for column in CARE_PLAN}
    typed[PLAN] = plan if any(plan.values()) else None
    return typed


def as_body(typed: Typed) -> dict[str, Any]:
    """For accounts: what is empty is not said."""
    rows = {each.name: [_said(row) for row in typed[each.name]] for each in ROWS}
    plan = typed[PLAN]
    return {**rows, PLAN: _said(plan) if plan else None}


def shown_rows(rows: Rows, typed: Typed) -> Sequence[Mapping[str, Any]]:
    """The rows typed, and some empty ones."""
    filled = list(typed[rows.name])
    spare = min(SPARE_ROWS if filled else 1, MOST_ROWS - len(filled))
    return [*filled, *({} for _ in range(spare))]


_BY_RULE = {
    "missing": "À remplir, ou à vider entièrement.",
    "string_too_short": "À remplir, ou à vider entièrement.",
    "string_too_long": "Ce texte est trop long.",
    "value_error": "Un caractère n’est pas accepté ici.",
}


def errors_by_field(problem: Mapping[str, Any]) -> dict[str, str]:
    """From `record.vaccinations.0.given_on` to the form's own field, with a sentence."""
    fields = problem.get("fields")
    found: dict[str, str] = {}
    for item in fields if isinstance(fields, list) else []:
        if not isinstance(item, dict):
            continue
        name = str(item.get("field", "")).removeprefix("record.").replace(".", "-")
        rule = str(item.get("rule", ""))
        otherwise = "Une date comme 02/03/2019." if rule.startswith("date") else "À corriger."
        found[name] = str(item.get("message") or _BY_RULE.get(rule, otherwise))
    return found


def _rows_in(rows: Rows, fields: Mapping[str, str]) -> list[dict[str, str]]:
    found = []
    for index in range(MOST_ROWS + SPARE_ROWS):
        row = {
            column.name: fields.get(f"{rows.name}-{index}-{column.name}", "").strip()
            for column in rows.columns
        }
        if any(row.values()):
            found.append(row)
    return found[:MOST_ROWS]


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, "")}


def over(day: date | None, today: date) -> bool:
    """Whether a booster is due, or a plan has ended."""
    return day is not None and day < today
