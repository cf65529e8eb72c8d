"""Whoever posts to a family's account says where it then stands."""

from uuid import UUID

from billing.store import ledger
from billing.store.sight import Sight
from chassis.database import Transaction
from portail_contracts.billing import BalanceChanged


async def tell_balance(transaction: Transaction, family_id: UUID, version: int) -> int:
    """The balance in cents; the account must be locked, `version` is its next one."""
    await ledger.set_account_version(transaction.connection, family_id, version)
    balance = await ledger.balance_of(transaction.connection, Sight.of_staff(family_id))
    transaction.record(BalanceChanged(family_id=family_id, version=version, balance_cents=balance))
    return balance
