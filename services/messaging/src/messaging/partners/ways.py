"""By which ways partners are given events, and how far behind each is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.domain.lag import Looked
from messaging.store import kept_events, partner_keys, webhooks
from messaging.store.webhooks import Lag


@dataclass(frozen=True)
class Visit:
    """A partner's last coming for its events, and since when the next one waits for it."""

    asked_at: datetime
    behind_since: datetime | None


@dataclass(frozen=True)
class Ways:
    """Of all partners that stand, by name."""

    looked: Looked
    visits: Mapping[str, Visit]
    sent: Mapping[str, Lag]


async def ways(connection: AsyncConnection, looked: Looked) -> Ways:
    """`looked` is what was seen of the broker."""
    visits = {
        pull.name: Visit(pull.asked_at, await kept_events.oldest_after(connection, pull.number))
        for pull in await partner_keys.pulls(connection)
    }
    sent = {lag.name: lag for lag in await webhooks.lags(connection)}
    return Ways(looked, visits, sent)
