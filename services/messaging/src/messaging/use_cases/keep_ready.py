"""The service keeps replies ready, and says when it is away."""

from datetime import date, datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.domain.desk import Agent, usable_absence, usable_reply
from messaging.domain.threads import Unusable
from messaging.store import ready


async def keep_reply(
    transaction: Transaction, reply_id: UUID, label: str, body: str, by: Agent, now: datetime
) -> None:
    """New, or changed. Raises Unusable."""
    name, words = usable_reply(label, body)
    reply = ready.Reply(reply_id, name, words)
    if not await ready.keep_reply(transaction.connection, reply, by.name, now):
        raise Unusable("label", "Une autre réponse porte déjà ce nom.")


async def drop_reply(transaction: Transaction, reply_id: UUID) -> None:
    """Doing it again changes nothing."""
    await ready.drop_reply(transaction.connection, reply_id)


async def announce_absence(
    transaction: Transaction,
    words: str,
    days: tuple[date, date],
    by: Agent,
    now: datetime,
) -> None:
    """Without words the announcement is taken away. Raises Unusable."""
    found = usable_absence(words, *days) if words.strip() else None
    await ready.announce_absence(transaction.connection, found, by.name, now)
