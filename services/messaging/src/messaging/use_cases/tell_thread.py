"""Something was said in a thread: pages that show it, show that too."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.store.live import add_live_event


async def tell_thread(
    transaction: Transaction,
    family_id: UUID,
    thread_id: UUID,
    audience: UUID | None,
    now: datetime,
) -> None:
    """Only to the pages of those whom the thread is for. The family must be locked."""
    data = {"thread_id": str(thread_id)}
    await add_live_event(transaction.connection, family_id, "thread", data, now, audience)
