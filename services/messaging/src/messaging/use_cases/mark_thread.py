"""The family opens a thread, or keeps it as news for later."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.domain.threads import Reader
from messaging.store import messages
from messaging.store.families import lock_family
from messaging.store.tables import messages as rows
from messaging.store.threads import Thread, find_thread

from .tell_unread import tell_unread


class UnknownThread(LookupError):
    """This reader has no such thread."""


async def thread_of(transaction: Transaction, reader: Reader, thread_id: UUID) -> Thread:
    """With the family locked. Raises UnknownThread."""
    await lock_family(transaction.connection, reader.family_id)
    thread = await find_thread(transaction.connection, reader, thread_id)
    if thread is None:
        raise UnknownThread("Cette conversation n’existe pas.")
    return thread


async def read_thread(
    transaction: Transaction, reader: Reader, thread_id: UUID, now: datetime
) -> None:
    """All of it. Doing it again changes nothing. Raises UnknownThread."""
    await thread_of(transaction, reader, thread_id)
    here = rows.c.thread_id == thread_id
    if await messages.set_read(transaction.connection, reader, here, now):
        await tell_unread(transaction, reader.family_id, now)


async def keep_thread_unread(
    transaction: Transaction, reader: Reader, thread_id: UUID, now: datetime
) -> None:
    """Its last message counts as news again. Raises UnknownThread."""
    await thread_of(transaction, reader, thread_id)
    newest = await messages.newest_to_family(transaction.connection, thread_id)
    if newest and await messages.set_unread(transaction.connection, reader, newest):
        await tell_unread(transaction, reader.family_id, now)
