"""From a family as it was sent to the family of the domain."""

from datetime import datetime

from accounts.domain.child import Authorisation
from accounts.domain.contact import Contact
from accounts.domain.family import Child, Family, Guardian
from accounts.domain.quotient import QuotientPeriod
from chassis.identifiers import new_id

from .family_schemas import AuthorisationIn, ChildIn, ContactIn, FamilyIn, GuardianIn


def family_from(body: FamilyIn, now: datetime) -> Family:
    """Version 1 of the family; who has no identifier yet gets one."""
    return Family(
        family_id=body.family_id or new_id(),
        version=1,
        reference=body.reference,
        name=body.name,
        resident=body.resident,
        guardians=tuple(_guardian(item) for item in body.guardians),
        children=tuple(_child(item, now) for item in body.children),
        quotients=tuple(QuotientPeriod(**vars(item)) for item in body.quotients),
        situation=body.situation,
        custody=body.custody,
        custody_note=body.custody_note,
        benefit_scheme=body.benefit_scheme,
        benefit_number=body.benefit_number,
        contacts=tuple(_contact(item) for item in body.contacts),
    )


def _guardian(item: GuardianIn) -> Guardian:
    return Guardian(**{**vars(item), "guardian_id": item.guardian_id or new_id()})


def _contact(item: ContactIn) -> Contact:
    return Contact(**{**vars(item), "contact_id": item.contact_id or new_id()})


def _child(item: ChildIn, now: datetime) -> Child:
    authorisations = tuple(_authorisation(one, now) for one in item.authorisations)
    given = {"child_id": item.child_id or new_id(), "authorisations": authorisations}
    return Child(**{**vars(item), **given}, version=1)


def _authorisation(item: AuthorisationIn, now: datetime) -> Authorisation:
    return Authorisation(**{**vars(item), "signed_at": item.signed_at or now})
