"""A family's file through the doors, in and out."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from accounts.domain import fields as declared
from accounts.domain.child import AuthorisationKind, Diet, Nap, Sex, Swimming
from accounts.domain.contact import Collecting
from accounts.domain.custody import BenefitScheme, Custody, Situation, Weeks
from accounts.domain.family import WHOLE

from .words import FamilyName, PersonName, Reference

_ANY_DAY = date(2000, 1, 1)


def _typed(fields: tuple[declared.Field, ...], name: str) -> BeforeValidator:
    """The declared field's own reader, so that no door is laxer than the pages."""
    field = next(field for field in fields if field.name == name)
    return BeforeValidator(lambda value: field.read(value, _ANY_DAY))


def _guardian(name: str) -> BeforeValidator:
    return _typed(declared.GUARDIAN, name)


def _child(name: str) -> BeforeValidator:
    return _typed(declared.CHILD, name)


def _contact(name: str) -> BeforeValidator:
    return _typed(declared.CONTACT, name)


BirthDay = Annotated[date, Field(ge=declared.EARLIEST_BIRTH)]
FileDay = Annotated[date, Field(ge=date(1990, 1, 1), lt=date(2200, 1, 1))]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class GuardianIn(BaseModel):
    guardian_id: UUID | None = None
    given_name: PersonName
    family_name: PersonName
    is_payer: bool = False
    civility: Annotated[str | None, _guardian("civility")] = None
    street: Annotated[str | None, _guardian("street")] = None
    address_more: Annotated[str | None, _guardian("address_more")] = None
    postcode: Annotated[str | None, _guardian("postcode")] = None
    city: Annotated[str | None, _guardian("city")] = None
    mobile_phone: Annotated[str | None, _guardian("mobile_phone")] = None
    home_phone: Annotated[str | None, _guardian("home_phone")] = None
    work_phone: Annotated[str | None, _guardian("work_phone")] = None
    email: Annotated[str | None, _guardian("email")] = None
    sms_consent: bool = False
    employer: Annotated[str | None, _guardian("employer")] = None
    custody_weeks: Annotated[Weeks | None, _guardian("custody_weeks")] = None
    payer_weeks: Weeks = Weeks.EVERY
    payer_share: Annotated[int, Field(ge=1, le=WHOLE)] = WHOLE


class AuthorisationIn(BaseModel):
    kind: AuthorisationKind
    granted: bool
    signed_by: PersonName
    signed_at: datetime | None = None
    from_age: Annotated[int, Field(ge=3, le=18)] | None = None
    from_time: TimeOfDay | None = None


class ChildIn(BaseModel):
    child_id: UUID | None = None
    given_name: PersonName
    family_name: PersonName
    born_on: BirthDay
    birth_place: Annotated[str | None, _child("birth_place")] = None
    sex: Sex | None = None
    school: Annotated[str | None, _child("school")] = None
    class_name: Annotated[str | None, _child("class_name")] = None
    diet: Diet | None = None
    swimming: Swimming | None = None
    nap: Nap | None = None
    insurer: Annotated[str | None, _child("insurer")] = None
    insurance_number: Annotated[str | None, _child("insurance_number")] = None
    insurance_until: FileDay | None = None
    doctor_name: Annotated[str | None, _child("doctor_name")] = None
    doctor_phone: Annotated[str | None, _child("doctor_phone")] = None
    authorisations: Annotated[list[AuthorisationIn], Field(max_length=len(AuthorisationKind))] = []


class ContactIn(BaseModel):
    contact_id: UUID | None = None
    given_name: PersonName
    family_name: PersonName
    relation: Annotated[str | None, _contact("relation")] = None
    phone: Annotated[str | None, _contact("phone")] = None
    is_emergency: bool = False
    collecting: Collecting = Collecting.NO
    note: Annotated[str | None, _contact("note")] = None


class QuotientIn(BaseModel):
    valid_from: FileDay
    valid_to: Annotated[date, Field(lt=date(2200, 1, 1))] | None = None
    value: Annotated[int, Field(ge=0, le=1_000_000)]


class FamilyIn(BaseModel):
    """A file that staff open; only its first lines are needed."""

    family_id: UUID | None = None
    reference: Reference
    name: FamilyName
    resident: bool
    guardians: Annotated[list[GuardianIn], Field(min_length=1, max_length=10)]
    children: Annotated[list[ChildIn], Field(max_length=20)] = []
    quotients: Annotated[list[QuotientIn], Field(max_length=50)] = []
    situation: Situation | None = None
    custody: Custody | None = None
    custody_note: Annotated[str | None, _typed(declared.FAMILY, "custody_note")] = None
    benefit_scheme: BenefitScheme | None = None
    benefit_number: Annotated[str | None, _typed(declared.FAMILY, "benefit_number")] = None
    contacts: Annotated[list[ContactIn], Field(max_length=20)] = []


class FromDomain(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class GuardianOut(FromDomain):
    """`is_hidden`: this person's address, phones, e-mail and employer are not for the reader."""

    guardian_id: UUID
    given_name: str
    family_name: str
    is_payer: bool
    is_hidden: bool
    civility: str | None
    street: str | None
    address_more: str | None
    postcode: str | None
    city: str | None
    mobile_phone: str | None
    home_phone: str | None
    work_phone: str | None
    email: str | None
    sms_consent: bool
    employer: str | None
    custody_weeks: Weeks | None
    payer_weeks: Weeks
    payer_share: int


class ContactOut(FromDomain):
    contact_id: UUID
    given_name: str
    family_name: str
    relation: str | None
    phone: str | None
    is_emergency: bool
    collecting: Collecting
    note: str | None


class AuthorisationOut(FromDomain):
    kind: AuthorisationKind
    granted: bool
    signed_by: str
    signed_at: datetime
    from_age: int | None
    from_time: str | None


class ChildName(FromDomain):
    """A child as lists show it."""

    child_id: UUID
    version: int
    given_name: str
    family_name: str
    born_on: date
    school: str | None
    class_name: str | None


class ChildOut(ChildName):
    """The child's whole sheet, health and photo apart."""

    birth_place: str | None
    sex: Sex | None
    diet: Diet | None
    swimming: Swimming | None
    nap: Nap | None
    insurer: str | None
    insurance_number: str | None
    insurance_until: date | None
    doctor_name: str | None
    doctor_phone: str | None
    authorisations: list[AuthorisationOut]


class QuotientOut(FromDomain):
    valid_from: date
    valid_to: date | None
    value: int


class PayerOut(FromDomain):
    guardian_id: UUID
    weeks: Weeks
    share_per_mille: int


class FamilyFile(FromDomain):
    """What every reader of a family's file gets."""

    family_id: UUID
    version: int
    reference: str
    name: str
    resident: bool
    situation: Situation | None
    custody: Custody | None
    custody_note: str | None
    benefit_scheme: BenefitScheme | None
    benefit_number: str | None
    guardians: list[GuardianOut]
    contacts: list[ContactOut]
    quotients: list[QuotientOut]
    payers: list[PayerOut]


class OwnFamily(FamilyFile):
    """The family as its own members see it: read through `visible_to`."""

    children: list[ChildName]


class WholeFamily(FamilyFile):
    """The family as staff see it."""

    children: list[ChildOut]


class FormerChildOut(FromDomain):
    """A child who left the file, as staff may bring it back."""

    child_id: UUID
    version: int
    given_name: str
    family_name: str
    born_on: date
    left_at: datetime
