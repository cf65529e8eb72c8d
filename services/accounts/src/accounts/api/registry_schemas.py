"""What goes through the doors of the registry, in and out."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from accounts.domain.amending import FIELDS, Subject
from accounts.domain.fields import Field as Declared
from accounts.store.file_history import Happened

from .family_schemas import FromDomain
from .words import Reference

Typed = Annotated[str, StringConstraints(max_length=1000)] | bool | int | None
Values = Annotated[
    dict[Annotated[str, StringConstraints(max_length=40)], Typed], Field(max_length=40)
]
Version = Annotated[int, Field(ge=0, lt=2**31)]


class FoundGuardianOut(FromDomain):
    name: str
    is_payer: bool
    phone: str | None
    city: str | None


class FoundChildOut(FromDomain):
    child_id: UUID
    name: str
    born_on: date
    school: str | None
    class_name: str | None


class FoundFamilyOut(FromDomain):
    family_id: UUID
    reference: str
    name: str
    resident: bool
    guardians: list[FoundGuardianOut]
    children: list[FoundChildOut]


class FoundFamiliesOut(BaseModel):
    items: list[FoundFamilyOut]
    page: int
    pages: int
    total: int


class AmendmentIn(BaseModel):
    """`values`: what was typed, by field; what is absent stays as it is."""

    version: Version
    subject: Subject
    subject_id: UUID | None = None
    values: Values


class OpeningIn(BaseModel):
    """A new file as typed at the counter; without a reference one is given."""

    family_id: UUID
    reference: Reference | None = None
    family: Values
    guardian: Values
    child: Values = {}
    despite_alike: bool = False
    """Opened although a family like it is here."""

    @property
    def typed(self) -> Mapping[str, Mapping[str, object]]:
        return {"family": self.family, "guardian": self.guardian, "child": self.child}


class HappenedOut(BaseModel):
    """`what`: created, amended, imported, merged, opened.read, opened.recorded, access.issued…"""

    id: UUID
    at: datetime
    what: str
    who: str | None
    details: Any


class TimelineOut(BaseModel):
    items: list[HappenedOut]
    page: int
    pages: int
    total: int


class FieldOut(BaseModel):
    """How one field is typed: what a form needs to draw it."""

    name: str
    label: str
    widget: str
    required: bool
    longest: int
    choices: dict[str, str] | None
    hint: str | None
    autocomplete: str | None


def field_out(field: Declared) -> FieldOut:
    return FieldOut(
        name=field.name,
        label=field.label,
        widget=str(field.widget),
        required=field.required,
        longest=field.longest,
        choices=dict(field.choices) if field.choices else None,
        hint=field.hint,
        autocomplete=field.autocomplete,
    )


FORM = {
    str(subject): [field_out(field) for field in declared] for subject, declared in FIELDS.items()
}
"""By part of the file: its fields, in the order in which they are shown."""


def happened_out(happened: Happened) -> HappenedOut:
    return HappenedOut(**vars(happened))
