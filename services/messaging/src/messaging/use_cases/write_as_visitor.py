"""Somebody who is not signed in writes to the service."""

from dataclasses import dataclass

from chassis.database import Transaction
from messaging.domain.threads import About, Topic, Words, usable_body, usable_subject
from messaging.domain.visitors import WINDOW, check_pace, usable_email, usable_name
from messaging.store import messages, threads, visitors
from messaging.store.messages import TO_AUTHORITY, NewMessage


@dataclass(frozen=True)
class Visitor:
    """Who they say they are; `address_key` is a digest of where they write from."""

    name: str
    email: str
    address_key: str


async def write_as_visitor(
    transaction: Transaction, visitor: Visitor, subject: str, words: Words
) -> None:
    """Sending it twice says it once. Raises Unusable, TooManySendings."""
    connection, now = transaction.connection, words.posted_at
    name, email = usable_name(visitor.name), usable_email(visitor.email)
    title, body = usable_subject(subject), usable_body(words.body)
    await visitors.lock_form(connection)
    if await visitors.is_known(connection, words.message_id):
        return
    counts = await visitors.count_sendings(connection, visitor.address_key, now - WINDOW)
    check_pace(*counts)
    await visitors.note_sending(connection, words.message_id, visitor.address_key, now)
    thread = threads.NewThread(
        thread_id=words.message_id,
        family_id=None,
        subject=title,
        about=About(Topic.OTHER),
        waiting_since=now,
        visitor_name=name,
        visitor_email=email,
    )
    await threads.add_thread(connection, thread, now)
    message = NewMessage(
        message_id=words.message_id,
        thread_id=words.message_id,
        family_id=None,
        direction=TO_AUTHORITY,
        subject=title,
        body=body,
        posted_at=now,
        author_name=name,
    )
    await messages.add_message(connection, message)
