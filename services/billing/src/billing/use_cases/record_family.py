"""Accounts says how a family now stands."""

from billing.domain.family import FamilyFacts, QuotientPeriod
from billing.store import families
from chassis.database import Transaction
from portail_contracts.accounts import FamilyRecorded


async def record_family(transaction: Transaction, recorded: FamilyRecorded) -> None:
    """Keep the newest snapshot; lines already recorded keep the price they had."""
    newer = await families.raise_version(
        transaction.connection, recorded.family_id, recorded.version, recorded.resident
    )
    if newer:
        quotients = facts_of(recorded).quotients
        await families.replace_quotients(transaction.connection, recorded.family_id, quotients)


def facts_of(recorded: FamilyRecorded) -> FamilyFacts:
    quotients = tuple(
        QuotientPeriod(period.valid_from, period.valid_to, period.value)
        for period in recorded.quotients
    )
    return FamilyFacts(recorded.resident, quotients)
