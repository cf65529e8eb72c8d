"""Calendars to subscribe to: made, revoked, and read by whoever holds the secret."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id
from enrolment.domain.submission import NotFound
from enrolment.store.feeds import (
    Feed,
    FeedEntry,
    add_feed,
    entries_of_family,
    feed_of_secret,
    feeds_of,
    revoke_feed,
)

BACK = timedelta(days=31)
AHEAD = timedelta(days=400)
MOST_FEEDS = 10


@dataclass(frozen=True)
class NewFeed:
    """The only time that the secret is seen: it is kept as a hash."""

    feed: Feed
    secret: str


async def make_feed(
    transaction: Transaction, family_id: UUID, guardian_id: UUID | None, *, now: datetime
) -> NewFeed:
    """The oldest is revoked when there are too many."""
    feeds = await feeds_of(transaction.connection, family_id, guardian_id)
    for old in feeds[MOST_FEEDS - 1 :]:
        await revoke_feed(transaction.connection, old.feed_id, family_id, now)
    secret = secrets.token_urlsafe(32)
    feed = Feed(new_id(), family_id, guardian_id, now)
    await add_feed(transaction.connection, feed, _hashed(secret))
    return NewFeed(feed, secret)


async def end_feed(
    transaction: Transaction, feed_id: UUID, family_id: UUID, *, now: datetime
) -> None:
    """Raises NotFound, also for another family's."""
    if not await revoke_feed(transaction.connection, feed_id, family_id, now):
        raise NotFound


async def read_feed(connection: AsyncConnection, secret: str, *, now: datetime) -> list[FeedEntry]:
    """From last month to next year. Raises NotFound for a secret that never was or is no more."""
    feed = await feed_of_secret(connection, _hashed(secret))
    if feed is None:
        raise NotFound
    today = local_date(now)
    return await entries_of_family(connection, feed.family_id, today - BACK, today + AHEAD)


def _hashed(secret: str) -> bytes:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()
