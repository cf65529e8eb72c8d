"""Health data through the doors, in and out."""

import unicodedata
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from accounts.domain import health
from accounts.domain.access import Role
from accounts.domain.health_words import in_words
from accounts.domain.reading import Act, Noted, Part, Purpose, ReaderKind
from accounts.use_cases.read_health import HealthFile

from .family_schemas import FromDomain

_MANY = 30
# Emoji are joined and varied by marks without a shape of their own: phones type them.
_JOINERS = frozenset("\u200d\ufe0f")
_LINES = frozenset("\n")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _readable(value: str, allowed: frozenset[str]) -> str:
    for character in value:
        if unicodedata.category(character) in _INVISIBLE and character not in allowed:
            raise ValueError("unexpected character")
    return unicodedata.normalize("NFC", value)


def _line(value: str) -> str:
    return _readable(value, _JOINERS)


def _paragraphs(value: str) -> str:
    return _readable(value.replace("\r\n", "\n"), _JOINERS | _LINES)


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(_line),
]
Paragraphs = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_paragraphs)
]
SomeText = Annotated[Paragraphs, Field(min_length=1)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), lt=date(2200, 1, 1))]


class AllergyShape(FromDomain):
    substance: Line
    measures: Paragraphs = ""


class CarePlanShape(FromDomain):
    instructions: SomeText
    valid_from: Day | None = None
    valid_until: Day | None = None


class VaccinationShape(FromDomain):
    vaccine: Line
    given_on: Day
    next_due_on: Day | None = None


class TreatmentShape(FromDomain):
    name: Line
    instructions: Paragraphs = ""
    starts_on: Day | None = None
    ends_on: Day | None = None


class MedicalNoteShape(FromDomain):
    text: SomeText
    noted_on: Day | None = None


class HealthShape(FromDomain):
    """Everything known of a child's health."""

    allergies: Annotated[tuple[AllergyShape, ...], Field(max_length=_MANY)] = ()
    care_plan: CarePlanShape | None = None
    vaccinations: Annotated[tuple[VaccinationShape, ...], Field(max_length=_MANY)] = ()
    treatments: Annotated[tuple[TreatmentShape, ...], Field(max_length=_MANY)] = ()
    notes: Annotated[tuple[MedicalNoteShape, ...], Field(max_length=_MANY)] = ()

    def to_domain(self) -> health.HealthRecord:
        plan = self.care_plan
        return health.HealthRecord(
            allergies=tuple(health.Allergy(**item.model_dump()) for item in self.allergies),
            care_plan=None if plan is None else health.CarePlan(**plan.model_dump()),
            vaccinations=tuple(
                health.Vaccination(**item.model_dump()) for item in self.vaccinations
            ),
            treatments=tuple(health.Treatment(**item.model_dump()) for item in self.treatments),
            notes=tuple(health.MedicalNote(**item.model_dump()) for item in self.notes),
        )


class PendingHealth(BaseModel):
    """What the family would have instead, until staff decide."""

    request_id: UUID
    number: str
    submitted_at: datetime
    submitted_by: str
    record: HealthShape


class HealthOut(BaseModel):
    """The record and its version; version 0 when nothing was ever recorded."""

    version: int
    record: HealthShape
    pending: PendingHealth | None = None


class SectionShape(FromDomain):
    title: str
    lines: tuple[str, ...]


class HealthInWords(BaseModel):
    sections: list[SectionShape]


def sections(record: health.HealthRecord) -> list[SectionShape]:
    """As people read it."""
    return [SectionShape.model_validate(section) for section in in_words(record)]


class HealthProposalIn(BaseModel):
    """The whole record as the family would have it; the id is made by the client."""

    request_id: UUID
    version: Annotated[int, Field(ge=0, le=1_000_000)]
    record: HealthShape
    replaces: UUID | None = None


class HealthProposed(BaseModel):
    request_id: UUID
    number: str


class HealthIn(BaseModel):
    """`version` is the one that was read: another one meanwhile is a conflict."""

    version: Annotated[int, Field(ge=0, le=1_000_000)]
    record: HealthShape
    purpose: Purpose = Purpose.FRONT_DESK


def health_out(found: HealthFile) -> HealthOut:
    pending = found.pending
    return HealthOut(
        version=found.recorded.version,
        record=HealthShape.model_validate(found.recorded.record),
        pending=None
        if pending is None
        else PendingHealth(
            request_id=pending.change.request_id,
            number=pending.change.number,
            submitted_at=pending.change.submitted_at,
            submitted_by=pending.change.submitted_by,
            record=HealthShape.model_validate(pending.record),
        ),
    )


class ReaderOut(BaseModel):
    kind: ReaderKind
    name: str
    roles: list[Role]


class ReadOut(BaseModel):
    """One line of « qui a consulté quoi »."""

    read_id: UUID
    at: datetime
    part: Part
    act: Act
    purpose: Purpose
    reader: ReaderOut
    child_id: UUID | None
    child_name: str | None
    subject_id: UUID | None


class Reads(BaseModel):
    items: list[ReadOut]
    page: int
    pages: int
    total: int


def read_out(noted: Noted) -> ReadOut:
    opening = noted.opening
    return ReadOut(
        read_id=noted.read_id,
        at=noted.at,
        part=opening.part,
        act=opening.act,
        purpose=opening.purpose,
        reader=ReaderOut(
            kind=opening.reader.kind,
            name=opening.reader.name,
            roles=list(opening.reader.roles),
        ),
        child_id=opening.child_id,
        child_name=noted.child_name,
        subject_id=opening.subject_id,
    )
