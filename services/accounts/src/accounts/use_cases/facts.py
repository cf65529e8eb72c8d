"""What accounts says of a family and its children when it records them."""

from datetime import date

from accounts.domain.child import Child
from accounts.domain.family import Family, Guardian
from chassis.database import Transaction
from portail_contracts import accounts as events

CIVILITIES = {"mme": "Mme", "m": "M."}
"""As on a letter."""


def tell_family(transaction: Transaction, family: Family) -> None:
    """Record the family as it stands; its row is locked."""
    transaction.record(family_recorded(family))


def tell_child(
    transaction: Transaction, family: Family, child: Child, left_on: date | None = None
) -> None:
    """Record the child as it stands; the family's row is locked."""
    transaction.record(child_recorded(family, child, left_on))


def family_recorded(family: Family) -> events.FamilyRecorded:
    """The event of the family as it stands."""
    return events.FamilyRecorded(
        version=family.version,
        family_id=family.family_id,
        reference=family.reference,
        name=family.name,
        resident=family.resident,
        guardians=tuple(_guardian(one) for one in family.guardians),
        quotients=tuple(events.QuotientPeriod(**vars(period)) for period in family.quotients),
        payers=tuple(
            events.PayerShare(
                guardian_id=payer.guardian_id,
                weeks=events.PayerWeeks(payer.weeks),
                share_per_mille=payer.share_per_mille,
            )
            for payer in family.payers
        ),
    )


def child_recorded(
    family: Family, child: Child, left_on: date | None = None
) -> events.ChildRecorded:
    """The event of one child as it stands."""
    return events.ChildRecorded(
        version=child.version,
        family_id=family.family_id,
        child_id=child.child_id,
        given_name=child.given_name,
        family_name=child.family_name,
        born_on=child.born_on,
        school=child.school,
        class_name=child.class_name,
        alternating_custody=family.alternates,
        left_on=left_on,
    )


def _guardian(guardian: Guardian) -> events.GuardianName:
    return events.GuardianName(
        guardian_id=guardian.guardian_id,
        given_name=guardian.given_name,
        family_name=guardian.family_name,
        is_payer=guardian.is_payer,
        civility=CIVILITIES.get(guardian.civility or ""),
        address=guardian.address,
    )
