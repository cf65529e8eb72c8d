"""The authority's own word of what happened: one message in the inbox, however often it is told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from chassis.identifiers import new_id
from messaging.domain.notices import Notice
from messaging.domain.threads import About
from messaging.store import messages, threads
from messaging.store.families import lock_family
from messaging.store.messages import TO_FAMILY, NewMessage
from portail_contracts.messaging import MessagePosted

from .tell_thread import tell_thread
from .tell_unread import tell_unread


@dataclass(frozen=True)
class Posting:
    """What is told to whom; `key` says what makes it the only one of its kind."""

    family_id: UUID
    key: str
    about: About
    notice: Notice


async def post_notice(transaction: Transaction, posting: Posting, now: datetime) -> bool:
    """False when the family was already told."""
    connection, family_id = transaction.connection, posting.family_id
    await lock_family(connection, family_id)
    subject = posting.notice.subject
    thread_id = await threads.thread_of_notices(connection, family_id, posting.about, subject, now)
    message = NewMessage(
        message_id=new_id(),
        thread_id=thread_id,
        family_id=family_id,
        direction=TO_FAMILY,
        subject=subject,
        body="\n\n".join(posting.notice.paragraphs),
        posted_at=now,
        key=posting.key,
    )
    if not await messages.add_message(connection, message):
        return False
    # The list shows how things stand now.
    await threads.give_subject(connection, thread_id, subject)
    await tell_unread(transaction, family_id, now)
    await tell_thread(transaction, family_id, thread_id, None, now)
    transaction.record(
        MessagePosted(version=1, family_id=family_id, message_id=message.message_id, posted_at=now)
    )
    return True
