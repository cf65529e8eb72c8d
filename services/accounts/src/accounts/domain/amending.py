"""Staff change a file directly: what was typed, read by the declared fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from . import custody, fields, texts
from .answering import ANSWERS, answered, mistakes
from .child import Child
from .contact import Collecting, Contact
from .custody import BenefitScheme, Custody, Situation, Weeks
from .family import WHOLE, Family, Guardian, ready_to_record
from .fields import Field, Widget
from .quotient import QuotientPeriod


class Subject(StrEnum):
    """What part of the file is changed."""

    FAMILY = "family"
    GUARDIAN = "guardian"
    CONTACT = "contact"
    CHILD = "child"
    QUOTIENT = "quotient"
    AUTHORISATION = "authorisation"
    """A child's answers, all together: named by the child."""


STAFF_FAMILY = (
    Field("name", "Nom de la famille", reader=texts.line, required=True),
    fields.RESIDENT,
    *fields.FAMILY,
)
STAFF_GUARDIAN = (
    *fields.GUARDIAN,
    Field("is_payer", "Reçoit les factures", Widget.FLAG),
    Field(
        "payer_weeks",
        "Semaines facturées",
        Widget.CHOICE,
        choices={str(code): words for code, words in custody.PAYER_WEEKS.items()},
    ),
    Field(
        "payer_share",
        "Part facturée, en millièmes",
        Widget.NUMBER,
        longest=4,
        bounds=(1, WHOLE),
        hint="1000 pour tout, 500 pour la moitié.",
    ),
)
FIELDS: Mapping[Subject, Sequence[Field]] = {
    Subject.FAMILY: STAFF_FAMILY,
    Subject.GUARDIAN: STAFF_GUARDIAN,
    Subject.CONTACT: fields.CONTACT,
    Subject.CHILD: fields.CHILD,
    Subject.QUOTIENT: fields.QUOTIENT,
    Subject.AUTHORISATION: ANSWERS,
}

_CODES: Mapping[str, Any] = {
    "situation": Situation,
    "custody": Custody,
    "benefit_scheme": BenefitScheme,
    "custody_weeks": Weeks,
    "payer_weeks": Weeks,
    "collecting": Collecting,
}
STILL_PAYS = (
    "Cette personne reçoit les factures\u00a0: désignez d’abord un autre payeur, puis retirez-la."
)
_UNSAID: Mapping[str, Any] = {"payer_weeks": Weeks.EVERY, "payer_share": WHOLE}
"""What an empty answer means where the file always says something."""


@dataclass(frozen=True)
class Amendment:
    """What was typed for one part of the file; what is absent stays as it is.

    `version` is the version that its author saw: the child's for a child, else the family's.
    `subject_id` is made by the sender for whoever is new, so that sending twice adds once.
    """

    subject: Subject
    subject_id: UUID | None
    values: Mapping[str, object]
    version: int


@dataclass(frozen=True)
class FieldChange:
    """One field before and after, in the words that staff read."""

    subject: str
    subject_id: str | None
    subject_name: str
    field: str
    label: str
    before: str
    after: str


class WrongFields(Exception):
    """Something that was typed cannot be kept: by field, why, in French."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("Vérifiez les champs signalés.")
        self.errors = errors


class FileChanged(Exception):
    """Somebody changed the file since the author of the amendment read it."""


class CannotLeave(Exception):
    """The person has to stay in the file; the text says why, in French."""


class CannotReturn(Exception):
    """The child left no file of this family, or is in it; the text says so, in French."""


class UnknownPart(Exception):
    """The file holds no such person."""


Person = TypeVar("Person", Guardian, Contact, Child)


def amended(family: Family, amendment: Amendment, today: date) -> Family:
    """The family as it would stand; versions are as they were.

    Raises WrongFields, IncompleteFamily, WrongQuotients.
    """
    return ready_to_record(_AMENDED[amendment.subject](family, amendment, today), today)


def _family(family: Family, amendment: Amendment, today: date) -> Family:
    changed = replace(family, **read(STAFF_FAMILY, amendment.values, today, family))
    touched = {"custody", "custody_note"} & amendment.values.keys()
    if touched and custody.lacks_note(changed.custody, changed.custody_note):
        raise WrongFields({"custody_note": custody.NEEDS_NOTE})
    return changed


def _guardian(family: Family, amendment: Amendment, today: date) -> Family:
    guardian_id = _id(amendment)
    known = family.guardian(guardian_id)
    value = read(STAFF_GUARDIAN, amendment.values, today, known)
    guardian = replace(known, **value) if known else Guardian(guardian_id, **value)
    return replace(family, guardians=_with(family.guardians, known, guardian))


def _contact(family: Family, amendment: Amendment, today: date) -> Family:
    contact_id = _id(amendment)
    known = family.contact(contact_id)
    value = read(fields.CONTACT, amendment.values, today, known)
    contact = replace(known, **value) if known else Contact(contact_id, **value)
    return replace(family, contacts=_with(family.contacts, known, contact))


def _child(family: Family, amendment: Amendment, today: date) -> Family:
    child_id = _id(amendment)
    known = family.child(child_id)
    value = read(fields.CHILD, amendment.values, today, known)
    child = replace(known, **value) if known else Child(child_id, 0, **value)
    return replace(family, children=_with(family.children, known, child))


def _authorisation(family: Family, amendment: Amendment, today: date) -> Family:
    known = family.child(_id(amendment))
    if known is None:
        raise UnknownPart
    value = read(ANSWERS, {"signed_by": "", "signed_on": "", **amendment.values}, today, known)
    child = answered(known, value)
    if wrong := mistakes(child):
        raise WrongFields(wrong)
    return replace(family, children=_with(family.children, known, child))


def without_contact(family: Family, contact_id: UUID) -> Family:
    """Raises UnknownPart."""
    if family.contact(contact_id) is None:
        raise UnknownPart
    kept = tuple(one for one in family.contacts if one.contact_id != contact_id)
    return replace(family, contacts=kept)


def without_guardian(family: Family, guardian_id: UUID, today: date) -> Family:
    """Raises UnknownPart, or CannotLeave for who still pays or is alone."""
    leaving = family.guardian(guardian_id)
    if leaving is None:
        raise UnknownPart
    if leaving.is_payer:
        raise CannotLeave(STILL_PAYS)
    kept = tuple(one for one in family.guardians if one is not leaving)
    return ready_to_record(replace(family, guardians=kept), today)


def without_child(family: Family, child_id: UUID) -> Family:
    """Raises UnknownPart."""
    kept = tuple(one for one in family.children if one.child_id != child_id)
    if len(kept) == len(family.children):
        raise UnknownPart
    return replace(family, children=kept)


def read(
    declared: Sequence[Field], typed: Mapping[str, object], today: date, known: object | None
) -> dict[str, Any]:
    """What is kept of what was typed; of somebody new, every field. Raises WrongFields."""
    by_name = {field.name: field for field in declared}
    errors = {name: "Ce champ n’existe pas." for name in typed if name not in by_name}
    kept: dict[str, Any] = {}
    for name in by_name if known is None else typed:
        if name not in by_name:
            continue
        try:
            kept[name] = _kept(by_name[name], typed.get(name), today)
        except texts.WrongValue as wrong:
            errors[name] = str(wrong)
    if errors:
        raise WrongFields(errors)
    return kept


def _kept(field: Field, typed: object, today: date) -> Any:
    value = field.as_column(field.read(typed, today))
    if value is None:
        return _UNSAID.get(field.name)
    return _CODES[field.name](value) if field.name in _CODES else value


_OF_CHILD = frozenset({Subject.CHILD, Subject.AUTHORISATION})


def seen_version(family: Family, amendment: Amendment) -> int:
    """The version that the amendment must have been made from."""
    if amendment.subject in _OF_CHILD and amendment.subject_id is not None:
        child = family.child(amendment.subject_id)
        if child is not None:
            return child.version
    return family.version


def with_next_versions(before: Family, after: Family) -> Family:
    """The family and each child one version further where something of theirs changed.

    A changed custody is a fact about every child: the tax credit depends on it.
    """
    known = {child.child_id: child for child in before.children}
    everybody = before.alternates != after.alternates
    children = tuple(
        replace(child, version=child.version + 1)
        if everybody or known.get(child.child_id) != child
        else child
        for child in after.children
    )
    bare = (replace(before, children=()), replace(after, children=()))
    newcomers = len(after.children) != len(before.children)
    step = 1 if bare[0] != bare[1] or newcomers else 0
    return replace(after, children=children, version=after.version + step)


def _id(amendment: Amendment) -> UUID:
    if amendment.subject_id is None:
        raise UnknownPart
    return amendment.subject_id


def _with(people: Sequence[Person], known: Person | None, now: Person) -> tuple[Person, ...]:
    everybody = [now if one is known else one for one in people]
    if known is None:
        everybody.append(now)
    return tuple(everybody)


def _quotient(family: Family, amendment: Amendment, today: date) -> Family:
    """The quotient holds from its day to the next one's; what held then ends the day before."""
    value = read(fields.QUOTIENT, amendment.values, today, None)
    start = value["valid_from"]
    earlier = [
        replace(one, valid_to=start) if one.valid_to is None or one.valid_to > start else one
        for one in family.quotients
        if one.valid_from < start
    ]
    later = [one for one in family.quotients if one.valid_from > start]
    until = min((one.valid_from for one in later), default=None)
    now = QuotientPeriod(start, until, value["value"])
    return replace(family, quotients=(*earlier, now, *later))


_AMENDED: Mapping[Subject, Callable[[Family, Amendment, date], Family]] = {
    Subject.FAMILY: _family,
    Subject.GUARDIAN: _guardian,
    Subject.CONTACT: _contact,
    Subject.CHILD: _child,
    Subject.QUOTIENT: _quotient,
    Subject.AUTHORISATION: _authorisation,
}
