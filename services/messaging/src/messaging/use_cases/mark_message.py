"""The family says that a message is read, or not yet."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.domain.threads import Reader
from messaging.store import messages
from messaging.store.families import lock_family
from messaging.store.tables import messages as rows

from .tell_unread import tell_unread


class UnknownMessage(LookupError):
    """This reader has no such message."""


async def mark_message(
    transaction: Transaction, reader: Reader, message_id: UUID, *, read: bool, now: datetime
) -> None:
    """Doing it again changes nothing. Raises UnknownMessage."""
    connection = transaction.connection
    await lock_family(connection, reader.family_id)
    if await messages.find_message(connection, reader, message_id) is None:
        raise UnknownMessage("Ce message n’existe pas.")
    if read:
        this = rows.c.message_id == message_id
        changed = await messages.set_read(connection, reader, this, now)
    else:
        changed = await messages.set_unread(connection, reader, message_id)
    if changed:
        await tell_unread(transaction, reader.family_id, now)
