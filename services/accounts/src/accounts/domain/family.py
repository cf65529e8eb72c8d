"""What is known about a family and its children."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from .quotient import QuotientPeriod, in_order


@dataclass(frozen=True)
class Guardian:
    """A person with parental authority; a payer receives the invoices."""

    guardian_id: UUID
    given_name: str
    family_name: str
    is_payer: bool


@dataclass(frozen=True)
class Child:
    """A child of the family; `version` counts the facts recorded about the child."""

    child_id: UUID
    version: int
    given_name: str
    family_name: str
    born_on: date


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


class IncompleteFamily(Exception):
    """Something that every file needs is missing or impossible; the text says what, in French."""


class FamilyConflict(Exception):
    """The identifier or the reference already belongs to something else."""


class UnknownFamily(Exception):
    """There is no such family, or it is not the caller's."""


class UnknownChild(Exception):
    """There is no such child, or it belongs to another family."""


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
    ):
        if len(ids) != len(set(ids)):
            raise IncompleteFamily("La même personne figure deux fois.")
    return replace(family, quotients=in_order(family.quotients))
