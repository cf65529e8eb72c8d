"""What is known about a family and its people."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from .child import Child, UnknownChild
from .contact import Contact
from .custody import APART, BenefitScheme, Custody, Situation, Weeks
from .quotient import QuotientPeriod, in_order

__all__ = [
    "Child",
    "Family",
    "FamilyConflict",
    "Guardian",
    "IncompleteFamily",
    "Lookalike",
    "LooksAlike",
    "UnknownChild",
    "UnknownFamily",
    "ready_to_record",
]

WHOLE = 1000
"""Thousandths: a payer who pays everything of their weeks."""


@dataclass(frozen=True)
class Guardian:
    """A person with parental authority; a payer receives the invoices."""

    guardian_id: UUID
    given_name: str
    family_name: str
    is_payer: bool
    civility: str | None = None
    street: str | None = None
    address_more: str | None = None
    postcode: str | None = None
    city: str | None = None
    mobile_phone: str | None = None
    home_phone: str | None = None
    work_phone: str | None = None
    email: str | None = None
    sms_consent: bool = False
    employer: str | None = None
    custody_weeks: Weeks | None = None
    payer_weeks: Weeks = Weeks.EVERY
    payer_share: int = WHOLE
    is_hidden: bool = False
    """Private details were taken out for whoever reads (visibility.py)."""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def address(self) -> tuple[str, ...]:
        """As on an envelope, line by line."""
        town = " ".join(part for part in (self.postcode, self.city) if part)
        return tuple(part for part in (self.street, self.address_more, town) if part)


@dataclass(frozen=True)
class Payer:
    """What part of the family's days one guardian is billed for."""

    guardian_id: UUID
    weeks: Weeks
    share_per_mille: int


@dataclass(frozen=True)
class Family:
    """The whole family; `version` counts the facts recorded about it, children apart."""

    family_id: UUID
    version: int
    reference: str
    name: str
    resident: bool
    guardians: tuple[Guardian, ...]
    children: tuple[Child, ...]
    quotients: tuple[QuotientPeriod, ...]
    situation: Situation | None = None
    custody: Custody | None = None
    custody_note: str | None = None
    benefit_scheme: BenefitScheme | None = None
    benefit_number: str | None = None
    contacts: tuple[Contact, ...] = ()

    @property
    def is_apart(self) -> bool:
        """Whether the guardians live apart, so that each has details of their own to keep."""
        return self.situation in APART or self.custody is not None

    @property
    def alternates(self) -> bool:
        return self.custody is Custody.ALTERNATING

    @property
    def payers(self) -> tuple[Payer, ...]:
        """Empty when the paying guardians are billed together."""
        paying = [guardian for guardian in self.guardians if guardian.is_payer]
        if all((one.payer_weeks, one.payer_share) == (Weeks.EVERY, WHOLE) for one in paying):
            return ()
        return tuple(Payer(one.guardian_id, one.payer_weeks, one.payer_share) for one in paying)

    def guardian(self, guardian_id: UUID) -> Guardian | None:
        return next((one for one in self.guardians if one.guardian_id == guardian_id), None)

    def child(self, child_id: UUID) -> Child | None:
        return next((one for one in self.children if one.child_id == child_id), None)

    def contact(self, contact_id: UUID) -> Contact | None:
        return next((one for one in self.contacts if one.contact_id == contact_id), None)

    def quotient_on(self, day: date) -> QuotientPeriod | None:
        return next((one for one in self.quotients if one.holds_on(day)), None)


class IncompleteFamily(Exception):
    """Something that every file needs is missing or impossible; the text says what, in French."""


class FamilyConflict(Exception):
    """The identifier or the reference already belongs to something else."""


@dataclass(frozen=True)
class Lookalike:
    """A file of somebody that a newcomer may already be."""

    family_id: UUID
    name: str
    reference: str

    @property
    def said(self) -> str:
        return f"{self.name} ({self.reference})"


class LooksAlike(Exception):
    """The family is perhaps here already; the text says which one and why, in French."""

    def __init__(self, message: str, files: tuple[Lookalike, ...]) -> None:
        super().__init__(message)
        self.files = files


class UnknownFamily(Exception):
    """There is no such family, or it is not the caller's."""


def ready_to_record(family: Family, today: date) -> Family:
    """The family with its quotients in order; raises IncompleteFamily or WrongQuotients.

    A file needs a guardian who pays (reference, domain.md, 1.1).
    """
    if not any(guardian.is_payer for guardian in family.guardians):
        raise IncompleteFamily("Un responsable au moins doit être le payeur.")
    if any(child.born_on > today for child in family.children):
        raise IncompleteFamily("Une date de naissance est dans le futur.")
    for ids in (
        [guardian.guardian_id for guardian in family.guardians],
        [child.child_id for child in family.children],
        [contact.contact_id for contact in family.contacts],
    ):
        if len(ids) != len(set(ids)):
            raise IncompleteFamily("La même personne figure deux fois.")
    _check_shares(family)
    return replace(family, quotients=in_order(family.quotients))


def _check_shares(family: Family) -> None:
    """Every week is paid once: in even weeks and in odd ones the shares make a whole."""
    for weeks in (Weeks.EVEN, Weeks.ODD):
        billed = [one.share_per_mille for one in family.payers if one.weeks in (Weeks.EVERY, weeks)]
        if family.payers and sum(billed) != WHOLE:
            raise IncompleteFamily("Les parts des payeurs doivent couvrir chaque semaine une fois.")
