"""Partners as messaging tells of them."""

from datetime import datetime
from uuid import UUID

from .correspondence import Answer, Listed


class Channel(Answer):
    """One way by which a partner is given events."""

    kind: str
    standing: str
    limit: int = 0
    oldest_days: int = 0
    waiting: int | None = None
    readers: int | None = None
    behind_since: datetime | None = None
    seen_at: datetime | None = None


class Partner(Answer):
    name: str
    patterns: tuple[str, ...]
    types: tuple[str, ...]
    centres: tuple[UUID, ...]
    added_at: datetime
    rotated_at: datetime | None = None
    revoked_at: datetime | None = None
    channels: tuple[Channel, ...] = ()


class Broker(Answer):
    answers: bool
    looked_at: datetime | None = None


class Partners(Listed):
    items: tuple[Partner, ...]
    revoked: tuple[Partner, ...] = ()
    broker: Broker


class Published(Answer):
    position: int
    event_id: str
    type: str
    centre: UUID | None = None
    at: datetime | None = None


class Sheet(Answer):
    partner: Partner
    recent: tuple[Published, ...]
    looked_through: int
    broker: Broker
