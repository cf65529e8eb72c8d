"""Supporting documents: what they prove, how long they hold, who may open them.

Kinds and how long they hold: reference, domain.md, 1.6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from .access import Role
from .family import Family
from .visibility import sees_private


class DocumentKind(StrEnum):
    """What a document proves."""

    INSURANCE = "insurance"
    VACCINATION = "vaccination"
    QUOTIENT = "quotient"
    ADDRESS = "address"
    COURT_RULING = "court_ruling"
    CARE_PLAN = "care_plan"
    SWIMMING_TEST = "swimming_test"


class DocumentState(StrEnum):
    """Where a document stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    """Never stored: an accepted document is expired from the day after its last one."""


LABELS: Mapping[DocumentKind, str] = {
    DocumentKind.INSURANCE: "Assurance responsabilité civile",
    DocumentKind.VACCINATION: "Vaccinations",
    DocumentKind.QUOTIENT: "Quotient familial ou avis d’imposition",
    DocumentKind.ADDRESS: "Justificatif de domicile",
    DocumentKind.COURT_RULING: "Jugement",
    DocumentKind.CARE_PLAN: "Projet d’accueil individualisé (PAI)",
    DocumentKind.SWIMMING_TEST: "Attestation d’aisance aquatique",
}

OF_A_CHILD = frozenset(
    {
        DocumentKind.INSURANCE,
        DocumentKind.VACCINATION,
        DocumentKind.CARE_PLAN,
        DocumentKind.SWIMMING_TEST,
    }
)
"""About one child; the others are about the family."""

HEALTH_KINDS = frozenset({DocumentKind.VACCINATION, DocumentKind.CARE_PLAN})
"""Whose very existence says something of a child's health: outside they are « un document »."""

_KEEPER = Role.SECRETARIAT
OPENED_BY_KIND: Mapping[DocumentKind, frozenset[Role]] = {
    # Each office sees what its work needs; an auditor reads the record of reads instead.
    DocumentKind.INSURANCE: frozenset({_KEEPER, Role.CENTRE}),
    DocumentKind.VACCINATION: frozenset({_KEEPER, Role.CENTRE}),
    DocumentKind.CARE_PLAN: frozenset({_KEEPER, Role.CENTRE}),
    DocumentKind.SWIMMING_TEST: frozenset({_KEEPER, Role.CENTRE}),
    DocumentKind.QUOTIENT: frozenset({_KEEPER, Role.CASH_OFFICE}),
    DocumentKind.ADDRESS: frozenset({_KEEPER, Role.CASH_OFFICE}),
    DocumentKind.COURT_RULING: frozenset({_KEEPER}),
}

GIVEN_BY_THE_DOCUMENT = frozenset({DocumentKind.VACCINATION, DocumentKind.COURT_RULING})
"""Kinds whose last day is written on them (next booster, end of a ruling), if at all."""

MOST_KEPT = 60
"""Files of one family: ten times what three children need."""

REMINDED_BEFORE = (30, 7, 0)
"""Days before the last day on which a family is reminded; 0 is that day itself."""


@dataclass(frozen=True)
class Document:
    """What is known of a document without opening it."""

    document_id: UUID
    family_id: UUID
    child_id: UUID | None
    kind: DocumentKind
    state: DocumentState
    media_type: str
    byte_size: int
    pages: int
    dated_on: date
    expires_on: date | None
    submitted_at: datetime
    submitted_by: str
    own_of: UUID | None = None
    """The guardian whose own access it came through, when it is not about a child."""

    sealed_for: UUID | None = None
    """The family whose key seals it, when its file was merged into another since."""

    def state_on(self, today: date) -> DocumentState:
        """The state that people are told; `today` is the day in France."""
        over = self.expires_on is not None and self.expires_on < today
        if self.state is DocumentState.ACCEPTED and over:
            return DocumentState.EXPIRED
        return self.state

    def is_visible_to(self, guardian_id: UUID | None, family: Family) -> bool:
        """A guardian's own papers (an address, an income) are not shown to one who lives apart."""
        return self.own_of is None or sees_private(family, guardian_id, self.own_of)


class WrongDocument(Exception):
    """What is said of a document cannot be; `field` and the text, in French, say why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UnknownDocument(Exception):
    """There is no such document, or it is not the caller's to see."""


class DocumentIdReused(Exception):
    """The same identifier came with another file, or other words about it."""


class TooManyDocuments(Exception):
    """The family keeps as many files here as it may."""


def last_day(kind: DocumentKind, dated_on: date, given: date | None) -> date | None:
    """The last day (included) on which it proves something; None when it always does."""
    match kind:
        case DocumentKind.INSURANCE:
            return end_of_school_year(dated_on)
        case DocumentKind.QUOTIENT:
            # A new notice comes in January: the month is there to bring it.
            return date(dated_on.year + 1, 1, 31)
        case DocumentKind.ADDRESS:
            return months_after(dated_on, 3)
        case DocumentKind.CARE_PLAN:
            return given or months_after(dated_on, 12)
        case _ if kind in GIVEN_BY_THE_DOCUMENT:
            return given
    return None


def checked(
    kind: DocumentKind, child_id: UUID | None, dated_on: date, given: date | None, today: date
) -> None:
    """Raises WrongDocument."""
    if kind in OF_A_CHILD and child_id is None:
        raise WrongDocument("child_id", "Dites de quel enfant il s’agit.")
    if dated_on > today:
        raise WrongDocument("dated_on", "Cette date est dans le futur.")
    if given is not None and given < dated_on:
        raise WrongDocument("expires_on", "Cette date précède celle du document.")
    end = last_day(kind, dated_on, given)
    if end is not None and end < today:
        raise WrongDocument("dated_on", "Ce document n’est plus valable.")


def end_of_school_year(day: date) -> date:
    """31 August: contracts of insurance run with the school year."""
    return date(day.year if day.month < 9 else day.year + 1, 8, 31)


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def threshold_reached(expires_on: date, today: date) -> int | None:
    """The most urgent reminder that is due: one that was missed is not made up for."""
    left = (expires_on - today).days
    due = [days for days in REMINDED_BEFORE if left <= days]
    return min(due, default=None)


def may_open(kind: DocumentKind, roles: frozenset[Role]) -> bool:
    return bool(OPENED_BY_KIND[kind] & roles)


OPENERS = frozenset[Role]().union(*OPENED_BY_KIND.values())
"""Every role that may open some document."""
