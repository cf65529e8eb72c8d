"""A family's people and periods as their tables keep them."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from accounts.domain.child import Authorisation, Child
from accounts.domain.contact import Contact
from accounts.domain.family import Family, Guardian
from accounts.domain.quotient import QuotientPeriod
from chassis.identifiers import new_id

from . import tables

Row = dict[str, Any]


def family_row(family: Family) -> Row:
    """Without what only the first recording knows: its digest and its instant."""
    kept = _columns(tables.families)
    return {name: value for name, value in vars(family).items() if name in kept}


def guardian_row(family_id: UUID, guardian: Guardian, position: int) -> Row:
    return _person(tables.guardians, guardian, family_id, position)


def contact_row(family_id: UUID, contact: Contact, position: int) -> Row:
    return _person(tables.contacts, contact, family_id, position)


def child_row(family_id: UUID, child: Child, position: int) -> Row:
    return _person(tables.children, child, family_id, position)


def authorisation_row(child_id: UUID, authorisation: Authorisation) -> Row:
    return {**asdict(authorisation), "child_id": child_id}


def quotient_row(family_id: UUID, period: QuotientPeriod) -> Row:
    return {
        "quotient_id": new_id(),
        "family_id": family_id,
        "validity": Range(period.valid_from, period.valid_to, bounds="[)"),
        "value": period.value,
    }


def _person(table: Any, person: Any, family_id: UUID, position: int) -> Row:
    facts = {name: value for name, value in vars(person).items() if name in _columns(table)}
    return {**facts, "family_id": family_id, "position": position}


def _columns(table: Any) -> frozenset[str]:
    return frozenset(table.columns.keys())
