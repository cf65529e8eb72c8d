"""The authority's own word of what happened: one message in the inbox, however often it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from chassis.identifiers import new_id
from messaging.domain.letters import Category
from messaging.domain.notices import Notice
from messaging.domain.threads import About
from messaging.store import messages, threads
from messaging.store.families import is_forgotten, lock_family
from messaging.store.mails import NewMail, queue_mail
from messaging.store.messages import TO_FAMILY, NewMessage
from portail_contracts.messaging import MessagePosted

from .tell_thread import tell_thread
from .tell_unread import tell_unread


@dataclass(frozen=True)
class Posting:
    """What is told to whom; `key` says what makes it the only one of its kind."""

    family_id: UUID
    key: str
    category: Category
    about: About
    notice: Notice
    audience: UUID | None = None
    account_id: UUID | None = None
    """The e-mail is for this access only."""
    facts: Mapping[str, str] = field(default_factory=dict)


async def post_notice(transaction: Transaction, posting: Posting, now: datetime) -> bool:
    """False when the family was already told. Word of it goes by e-mail to those who want it."""
    connection, family_id = transaction.connection, posting.family_id
    await lock_family(connection, family_id)
    if await is_forgotten(connection, family_id):
        return False
    subject = posting.notice.subject
    thread_id = await threads.thread_of_notices(
        connection, family_id, posting.about, subject, now, posting.audience
    )
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
    await tell_thread(transaction, family_id, thread_id, posting.audience, now)
    await queue_mail(connection, _mail(posting, thread_id), now)
    transaction.record(
        MessagePosted(version=1, family_id=family_id, message_id=message.message_id, posted_at=now)
    )
    return True


def _mail(posting: Posting, thread_id: UUID) -> NewMail:
    return NewMail(
        family_id=posting.family_id,
        category=posting.category,
        key=posting.key,
        facts={"thread_id": str(thread_id), **posting.facts},
        guardian_id=posting.audience,
        account_id=posting.account_id,
    )
