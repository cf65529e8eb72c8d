"""The family says that a message is read, or not yet."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.store import inbox

from .tell_unread import tell_unread


class UnknownMessage(LookupError):
    """This family has no such message."""


async def mark_message(
    transaction: Transaction, family_id: UUID, message_id: UUID, *, read: bool, now: datetime
) -> None:
    """Doing it again changes nothing. Raises UnknownMessage."""
    connection = transaction.connection
    await inbox.lock_family(connection, family_id)
    if await inbox.find_message(connection, family_id, message_id) is None:
        raise UnknownMessage("Ce message n’existe pas.")
    if read:
        changed = await inbox.set_read(connection, family_id, message_id, now)
    else:
        changed = await inbox.set_unread(connection, family_id, message_id)
    if changed:
        await tell_unread(transaction, family_id, now)
