"""What is known of a child's health, and only what those who look after the child need.

The official « fiche sanitaire » was withdrawn, so the form is ours (reference, domain.md, 2);
vaccinations are asked for by CASF R.227-7.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Allergy:
    """To what, and what is done when it happens."""

    substance: str
    measures: str = ""


@dataclass(frozen=True)
class CarePlan:
    """A PAI (projet d'accueil individualisé): what it asks of the staff, and the days it holds."""

    instructions: str
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day, included: a PAI is renewed every school year."""


@dataclass(frozen=True)
class Vaccination:
    """An injection, and the day from which the next one is due."""

    vaccine: str
    given_on: date
    next_due_on: date | None = None


@dataclass(frozen=True)
class Treatment:
    """A medicine that the child takes, until a last day (included) or with no end known."""

    name: str
    instructions: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class MedicalNote:
    """Anything else that staff must know, and since when."""

    text: str
    noted_on: date | None = None


@dataclass(frozen=True)
class HealthRecord:
    """The whole « données sanitaires » of one child."""

    allergies: tuple[Allergy, ...] = ()
    care_plan: CarePlan | None = None
    vaccinations: tuple[Vaccination, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    notes: tuple[MedicalNote, ...] = ()

    def ready(self, born_on: date, today: date) -> "HealthRecord":
        """The record if its dates are possible; raises WrongHealth naming every field that is not.

        `today` is the day in France.
        """
        if wrong := dict(_mistakes(self, born_on, today)):
            raise WrongHealth(wrong)
        return self


@dataclass(frozen=True)
class RecordedHealth:
    """The record as stored; version 0 means that nothing was ever recorded."""

    version: int
    record: HealthRecord


class WrongHealth(Exception):
    """Some dates are impossible; `fields` says where and why, in French."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("Vérifiez les dates signalées.")
        self.fields = fields


class HealthChanged(Exception):
    """Somebody recorded another version since the one that was read."""


BEFORE_BIRTH = "Cette date précède la naissance de l’enfant."
IN_FUTURE = "Cette date est dans le futur."
ENDS_FIRST = "La fin précède le début."


def _mistakes(record: HealthRecord, born_on: date, today: date) -> Iterator[tuple[str, str]]:
    for index, shot in enumerate(record.vaccinations):
        place = f"vaccinations.{index}"
        yield from _past(f"{place}.given_on", shot.given_on, born_on, today)
        yield from _ordered(f"{place}.next_due_on", shot.given_on, shot.next_due_on)
    for index, treatment in enumerate(record.treatments):
        yield from _ordered(f"treatments.{index}.ends_on", treatment.starts_on, treatment.ends_on)
    for index, note in enumerate(record.notes):
        yield from _past(f"notes.{index}.noted_on", note.noted_on, born_on, today)
    if record.care_plan is not None:
        plan = record.care_plan
        yield from _ordered("care_plan.valid_until", plan.valid_from, plan.valid_until)


def _past(field: str, day: date | None, born_on: date, today: date) -> Iterator[tuple[str, str]]:
    if day is not None and day > today:
        yield field, IN_FUTURE
    elif day is not None and day < born_on:
        yield field, BEFORE_BIRTH


def _ordered(field: str, start: date | None, end: date | None) -> Iterator[tuple[str, str]]:
    if start is not None and end is not None and end < start:
        yield field, ENDS_FIRST
