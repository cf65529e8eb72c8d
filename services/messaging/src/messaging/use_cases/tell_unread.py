"""The number of unread messages changed: open pages show it."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.store.families import readers_of
from messaging.store.live import add_live_event
from messaging.store.messages import unread_count


async def tell_unread(transaction: Transaction, family_id: UUID, now: datetime) -> None:
    """To the pages of each access its own number.

    The family must be locked, or an older count could be told last.
    """
    connection = transaction.connection
    for reader in await readers_of(connection, family_id):
        data = {"unread": await unread_count(connection, reader)}
        await add_live_event(connection, family_id, "counts", data, now, reader.guardian_id)
