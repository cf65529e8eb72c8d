"""Partners as messaging tells of them."""

from datetime import datetime
from uuid import UUID

from .correspondence import Answer, Listed


class Channel(Answer):
    """One way by which a partner is given events."""

    kind: str
    standing: str
    limit: int | None = None
    oldest_days: int = 0
    failures: int = 0
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


class Webhook(Answer):
    """An address that events are sent to."""

    url: str
    is_ordered: bool
    pause: str | None = None
    paused_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    next_try_at: datetime | None = None
    waiting: int = 0
    given_up: int = 0
    oldest_waiting: datetime | None = None


class Sending(Answer):
    sending_id: UUID
    event_id: UUID
    type: str
    state: str
    attempts: int
    due_at: datetime
    last_tried_at: datetime | None = None
    last_outcome: str | None = None
    sent_at: datetime | None = None


class Sendings(Listed):
    webhook: Webhook
    items: tuple[Sending, ...]


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
