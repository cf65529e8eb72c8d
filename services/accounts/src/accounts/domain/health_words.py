"""A health record as staff read it beside another: section by section, a line for each thing."""

from dataclasses import dataclass
from datetime import date

from .health import CarePlan, HealthRecord


@dataclass(frozen=True)
class Section:
    """A part of the record; no line when nothing is known."""

    title: str
    lines: tuple[str, ...]


def in_words(record: HealthRecord) -> tuple[Section, ...]:
    """Always the same sections in the same order, so that two records can be compared."""
    return (
        Section("Allergies", tuple(_said(a.substance, a.measures) for a in record.allergies)),
        Section("PAI", _plan(record.care_plan)),
        Section(
            "Vaccinations",
            tuple(
                _said(f"{one.vaccine}, fait le {_day(one.given_on)}", _booster(one.next_due_on))
                for one in record.vaccinations
            ),
        ),
        Section(
            "Traitements",
            tuple(
                _said(one.name + _period(one.starts_on, one.ends_on), one.instructions)
                for one in record.treatments
            ),
        ),
        Section(
            "Autres informations médicales",
            tuple(
                one.text + (f" (depuis le {_day(one.noted_on)})" if one.noted_on else "")
                for one in record.notes
            ),
        ),
    )


def _plan(plan: CarePlan | None) -> tuple[str, ...]:
    return () if plan is None else (plan.instructions + _period(plan.valid_from, plan.valid_until),)


def _said(what: str, more: str) -> str:
    return f"{what} : {more}" if more else what


def _booster(due: date | None) -> str:
    return f"rappel à partir du {_day(due)}" if due else ""


def _period(start: date | None, end: date | None) -> str:
    since = f" du {_day(start)}" if start else ""
    until = f"{' au' if start else ' jusqu’au'} {_day(end)}" if end else ""
    return f", valable{since}{until}" if since or until else ""


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
