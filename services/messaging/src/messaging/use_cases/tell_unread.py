"""The number of unread messages changed: open pages show it."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.store.inbox import unread_count
from messaging.store.live import add_live_event


async def tell_unread(transaction: Transaction, family_id: UUID, now: datetime) -> None:
    """The family must be locked, or an older count could be told last."""
    unread = await unread_count(transaction.connection, family_id)
    await add_live_event(transaction.connection, family_id, "counts", {"unread": unread}, now)
