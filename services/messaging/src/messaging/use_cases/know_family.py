"""Accounts told of a family: its name and its guardians are kept for pages and letters."""

from chassis.database import Transaction
from messaging.store import families
from portail_contracts.accounts import FamilyRecorded


async def know_family(transaction: Transaction, recorded: FamilyRecorded) -> None:
    """An older snapshot changes nothing, nor does one of a family that was forgotten."""
    if await families.is_forgotten(transaction.connection, recorded.family_id):
        return
    guardians = tuple(
        families.Guardian(one.guardian_id, f"{one.given_name} {one.family_name}")
        for one in recorded.guardians
    )
    family = families.Family(recorded.family_id, recorded.name, recorded.reference, guardians)
    await families.know_family(transaction.connection, family, recorded.version)
