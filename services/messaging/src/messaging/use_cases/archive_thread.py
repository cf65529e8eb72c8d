"""The family puts a thread away, or takes it out again."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.domain.threads import Reader
from messaging.store import threads

from .mark_thread import read_thread, thread_of


async def archive_thread(
    transaction: Transaction, reader: Reader, thread_id: UUID, now: datetime
) -> None:
    """What is put away is read; a later message brings it back. Raises UnknownThread."""
    thread = await thread_of(transaction, reader, thread_id)
    await read_thread(transaction, reader, thread_id, now)
    await threads.archive(transaction.connection, reader, thread_id, thread.last_posted_at)


async def take_out_thread(transaction: Transaction, reader: Reader, thread_id: UUID) -> None:
    """Raises UnknownThread."""
    await thread_of(transaction, reader, thread_id)
    await threads.take_out(transaction.connection, reader, thread_id)
