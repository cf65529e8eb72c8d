"""A single-use link was asked for: it goes by e-mail only, and is never kept here."""

from datetime import datetime

from chassis.database import Transaction
from messaging.domain.letters import Category
from messaging.store.families import is_forgotten, lock_family
from messaging.store.mails import NewMail, queue_mail
from portail_contracts.accounts import AccessLinkRequested, LinkPurpose

_CATEGORIES = {LinkPurpose.ACTIVATION: Category.ACTIVATION, LinkPurpose.RESET: Category.RESET}


async def send_link(
    transaction: Transaction, requested: AccessLinkRequested, now: datetime
) -> None:
    """Address and link are asked from accounts when it is sent: only the link's id waits here."""
    await lock_family(transaction.connection, requested.family_id)
    if await is_forgotten(transaction.connection, requested.family_id):
        return
    mail = NewMail(
        family_id=requested.family_id,
        category=_CATEGORIES[requested.purpose],
        key=f"link:{requested.link_id}",
        facts={"link_id": str(requested.link_id)},
        account_id=requested.account_id,
    )
    await queue_mail(transaction.connection, mail, now)
