"""Shapes of what accounts answers about health data, documents, photos and who read what."""

from datetime import date
from typing import Literal
from uuid import UUID

from .answers import Answer, Instant, Listed


class Allergy(Answer):
    substance: str
    measures: str = ""


class CarePlan(Answer):
    instructions: str
    valid_from: date | None = None
    valid_until: date | None = None


class Vaccination(Answer):
    vaccine: str
    given_on: date
    next_due_on: date | None = None


class Treatment(Answer):
    name: str
    instructions: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


class MedicalNote(Answer):
    text: str
    noted_on: date | None = None


class HealthRecord(Answer):
    allergies: tuple[Allergy, ...] = ()
    care_plan: CarePlan | None = None
    vaccinations: tuple[Vaccination, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    notes: tuple[MedicalNote, ...] = ()

    @property
    def is_empty(self) -> bool:
        parts = (self.allergies, self.vaccinations, self.treatments, self.notes)
        return self.care_plan is None and not any(parts)


class PendingHealth(Answer):
    request_id: UUID
    number: str
    submitted_at: Instant
    record: HealthRecord


class Health(Answer):
    version: int
    record: HealthRecord
    pending: PendingHealth | None = None


class Sent(Answer):
    """What was sent, as a request that waits."""

    request_id: UUID
    number: str


class SentPhoto(Answer):
    """The photo, which is its own request."""

    photo_id: UUID
    number: str | None = None


DocumentState = Literal["pending", "accepted", "refused", "withdrawn", "expired"]


class Document(Answer):
    document_id: UUID
    kind: str
    label: str
    state: DocumentState
    child_id: UUID | None = None
    media_type: str
    byte_size: int
    pages: int
    dated_on: date
    expires_on: date | None = None
    submitted_at: Instant
    submitted_by: str


class Documents(Answer):
    items: tuple[Document, ...]

    @property
    def may_be_kept(self) -> bool:
        """The name of a document may tell of a child's health."""
        return not self.items


class Photos(Answer):
    """Which photos there are, without their pictures."""

    current: bool = False
    pending: bool = False


class Reader(Answer):
    kind: Literal["family", "staff"]
    name: str
    roles: tuple[str, ...] = ()


class Read(Answer):
    at: Instant
    part: str
    act: str
    purpose: str
    reader: Reader
    child_name: str | None = None


class Reads(Listed):
    items: tuple[Read, ...]


class Export(Answer):
    export_id: UUID
    state: Literal["waiting", "working", "ready", "failed"]
    done: int = 0
    steps: int = 1
    byte_size: int | None = None
    asked_at: Instant
    ready_at: Instant | None = None
    expires_at: Instant | None = None


class Exports(Answer):
    items: tuple[Export, ...]


class Erasure(Answer):
    asked_at: Instant | None = None
