"""A family begins a thread, or answers in one."""

from dataclasses import dataclass
from uuid import UUID

from chassis.database import Transaction
from messaging.domain.threads import (
    About,
    Author,
    Centre,
    Reader,
    Words,
    usable_body,
    usable_subject,
)
from messaging.store import drafts, files, messages, threads
from messaging.store.families import lock_family
from messaging.store.messages import TO_AUTHORITY, NewMessage

from .mark_thread import UnknownThread, thread_of
from .tell_thread import tell_thread


@dataclass(frozen=True)
class Beginning:
    """How a thread begins; `only_me` keeps it to the guardian whose own access writes."""

    thread_id: UUID
    subject: str
    about: About
    centre: Centre | None = None
    only_me: bool = False


async def begin_thread(
    transaction: Transaction, reader: Reader, author: Author, beginning: Beginning, words: Words
) -> None:
    """Sending it twice begins one thread. Raises Unusable, UnknownThread for a foreign id."""
    await lock_family(transaction.connection, reader.family_id)
    new = threads.NewThread(
        thread_id=beginning.thread_id,
        family_id=reader.family_id,
        subject=usable_subject(beginning.subject),
        about=beginning.about,
        audience=reader.guardian_id if beginning.only_me else None,
        centre=beginning.centre,
        waiting_since=words.posted_at,
    )
    usable_body(words.body)
    await threads.add_thread(transaction.connection, new, words.posted_at)
    await answer_in_thread(transaction, reader, author, beginning.thread_id, words)


async def answer_in_thread(
    transaction: Transaction, reader: Reader, author: Author, thread_id: UUID, words: Words
) -> None:
    """Sending it twice says it once; the draft of this id is sent with its files.

    The audience is the thread's, whoever answers. Raises Unusable, UnknownThread.
    """
    connection = transaction.connection
    thread = await thread_of(transaction, reader, thread_id)
    message = NewMessage(
        message_id=words.message_id,
        thread_id=thread_id,
        family_id=reader.family_id,
        direction=TO_AUTHORITY,
        subject=thread.subject,
        body=usable_body(words.body),
        posted_at=words.posted_at,
        author_id=author.id,
        author_name=author.name,
        guardian_id=author.guardian_id,
    )
    if not await messages.add_message(connection, message):
        await _same_as_before(transaction, reader, message)
        return
    if await drafts.find_draft(connection, reader.reader_id, words.message_id):
        await files.hang_on_message(connection, words.message_id)
        await drafts.delete_draft(connection, words.message_id)
    await threads.awaits_answer(connection, thread_id, words.posted_at)
    await threads.take_out(connection, reader, thread_id)
    await tell_thread(transaction, reader.family_id, thread_id, thread.audience, words.posted_at)


async def _same_as_before(transaction: Transaction, reader: Reader, message: NewMessage) -> None:
    """An id that somebody else's message has is no message of this thread."""
    found = await messages.find_message(transaction.connection, reader, message.message_id)
    if found is None or found.thread_id != message.thread_id:
        raise UnknownThread("Cette conversation n’existe pas.")
