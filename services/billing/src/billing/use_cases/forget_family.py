"""A family is erased: billing forgets who they were, but for what accounting law keeps."""

from billing.store import families, ledger
from chassis.database import Transaction
from portail_contracts.accounts import FamilyErased
from portail_contracts.billing import BillingErasureCompleted

KEPT = (
    "Factures, avoirs, règlements et leurs documents : dix ans (code de commerce, L.123-22).",
    "Grand livre : il ne peut pas être modifié.",
)


async def forget_family(transaction: Transaction, erased: FamilyErased) -> None:
    """Names, addresses, quotients and birthdays go; late news of the family is not learnt again."""
    await ledger.lock_account(transaction.connection, erased.family_id)
    await families.forget(transaction.connection, erased.family_id, erased.erased_at)
    transaction.record(
        BillingErasureCompleted(
            version=1, family_id=erased.family_id, erasure_id=erased.erasure_id, kept=KEPT
        )
    )
