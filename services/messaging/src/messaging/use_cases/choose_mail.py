"""An access says which e-mails it wants; the inbox gets everything whatever it says."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.domain.letters import LABELS, Category
from messaging.store import deliveries, mails


class UnknownToken(LookupError):
    """No e-mail of ours carried it."""


async def choose_mail(
    transaction: Transaction,
    account_id: UUID,
    family_id: UUID,
    chosen: Mapping[Category, bool],
    now: datetime,
) -> None:
    """What may not be stopped is left alone."""
    kept = {category: wish for category, wish in chosen.items() if category in LABELS}
    if kept:
        await mails.choose(transaction.connection, account_id, family_id, kept, now)


async def stop_mail(transaction: Transaction, stop_token: UUID, now: datetime) -> Category:
    """By the link at the foot of an e-mail. Raises UnknownToken."""
    found = await deliveries.stopped_by(transaction.connection, stop_token)
    if found is None:
        raise UnknownToken("Ce lien n’est plus valable.")
    account_id, family_id, category = found
    await choose_mail(transaction, account_id, family_id, {category: False}, now)
    return category
