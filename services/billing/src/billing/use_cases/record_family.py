"""Accounts says how a family or a child now stands."""

from billing.accounts import AskedFamily
from billing.domain.family import FamilyFacts, Guardian, QuotientPeriod
from billing.store import families
from billing.store.families import Child, Household
from chassis.database import Transaction
from portail_contracts.accounts import ChildRecorded, FamilyRecorded


async def record_family(transaction: Transaction, recorded: FamilyRecorded) -> None:
    """Keep the newest snapshot; lines already recorded keep the price they had."""
    newer = await families.raise_version(
        transaction.connection, recorded.family_id, recorded.version, _household(recorded)
    )
    if newer:
        await families.replace_quotients(
            transaction.connection, recorded.family_id, quotients_of(recorded)
        )


async def record_child(transaction: Transaction, recorded: ChildRecorded) -> None:
    """Keep the newest snapshot, unless the family was forgotten."""
    if await families.is_forgotten(transaction.connection, recorded.family_id):
        return
    child = Child(
        child_id=recorded.child_id,
        family_id=recorded.family_id,
        given_name=recorded.given_name,
        family_name=recorded.family_name,
        born_on=recorded.born_on,
        alternating_custody=recorded.alternating_custody,
    )
    await families.record_child(transaction.connection, child, recorded.version)


async def record_answer(transaction: Transaction, answer: AskedFamily) -> FamilyFacts:
    """What accounts answered when asked: children whose news is still on its way count too."""
    await record_family(transaction, answer)
    for child in answer.children:
        if child.born_on is not None:
            known = Child(
                child.child_id,
                answer.family_id,
                child.given_name,
                child.family_name,
                child.born_on,
                child.alternating_custody,
            )
            await families.record_child(transaction.connection, known, child.version)
    return FamilyFacts(answer.resident, quotients_of(answer), max(1, len(answer.children)))


def quotients_of(recorded: FamilyRecorded) -> tuple[QuotientPeriod, ...]:
    return tuple(
        QuotientPeriod(period.valid_from, period.valid_to, period.value)
        for period in recorded.quotients
    )


def _household(recorded: FamilyRecorded) -> Household:
    guardians = tuple(
        Guardian(
            guardian_id=guardian.guardian_id,
            civility=guardian.civility or "",
            given_name=guardian.given_name,
            family_name=guardian.family_name,
            is_payer=guardian.is_payer,
            address=guardian.address,
        )
        for guardian in recorded.guardians
    )
    payers = tuple(payer.model_dump(mode="json") for payer in recorded.payers)
    return Household(
        name=recorded.name,
        reference=recorded.reference,
        resident=recorded.resident,
        guardians=guardians,
        payers=payers,
    )
