"""What messaging's door about partners gives."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from chassis.broker.partners import LONGEST_QUEUE, OLDEST
from chassis.broker.topology import LOG_DAYS
from messaging.domain.lag import Looked, Standing
from messaging.partners.recent import KEPT
from messaging.partners.ways import Visit, Ways
from messaging.store.partners import PartnerRecord
from messaging.store.webhooks import Lag
from portail_contracts.catalogue import CATALOGUE
from portail_contracts.event import Reach

from .schemas import Paged


class ChannelView(BaseModel):
    """One way by which a partner is given events, and how far behind it is."""

    kind: Literal["amqp", "pull", "webhook"] = "amqp"
    standing: Standing
    limit: int | None = LONGEST_QUEUE
    """Events that may wait."""

    oldest_days: int = OLDEST.days
    """Days that an event may wait."""

    failures: int = 0
    """Of an address, in a row."""

    waiting: int | None = None
    readers: int | None = None
    behind_since: datetime | None = None
    seen_at: datetime | None = None


class PartnerView(BaseModel):
    """One partner; without centres it is given the events of all."""

    name: str
    patterns: Sequence[str]
    types: list[str]
    """Today's public events that it is given."""

    centres: Sequence[UUID]
    added_at: datetime
    rotated_at: datetime | None
    revoked_at: datetime | None
    channels: list[ChannelView]

    @classmethod
    def of(cls, record: PartnerRecord, ways: Ways) -> Self:
        stands = record.revoked_at is None
        return cls(
            name=record.partner.name,
            patterns=record.partner.patterns,
            types=list(_types(record)),
            centres=record.partner.centres,
            added_at=record.added_at,
            rotated_at=record.rotated_at,
            revoked_at=record.revoked_at,
            channels=list(_channels(record, ways)) if stands else [],
        )


def _types(record: PartnerRecord) -> Iterator[str]:
    for entry in CATALOGUE:
        in_centre = "centre_id" in entry.event.model_fields
        centre = str(record.partner.centres[0]) if in_centre and record.partner.centres else None
        if entry.reach is Reach.PUBLIC and record.partner.is_given(entry.type, centre):
            yield entry.type


def _channels(record: PartnerRecord, ways: Ways) -> Iterator[ChannelView]:
    name = record.partner.name
    if record.password_hash is not None:
        yield _amqp(name, ways.looked)
    if record.keys:
        yield _pull(ways.visits.get(name))
    if name in ways.sent:
        yield _webhook(ways.sent[name])


def _pull(visit: Visit | None) -> ChannelView:
    """One who never came is not known to be behind."""
    behind_since = visit.behind_since if visit else None
    standing = Standing.CURRENT if visit else Standing.UNSEEN
    return ChannelView(
        kind="pull",
        standing=Standing.BEHIND if behind_since else standing,
        limit=None,
        oldest_days=LOG_DAYS,
        behind_since=behind_since,
        seen_at=visit.asked_at if visit else None,
    )


def _webhook(lag: Lag) -> ChannelView:
    standing = Standing.BEHIND if lag.waiting else Standing.CURRENT
    return ChannelView(
        kind="webhook",
        standing=Standing.PAUSED if lag.pause else standing,
        limit=None,
        oldest_days=LOG_DAYS,
        waiting=lag.waiting,
        behind_since=lag.oldest,
        failures=lag.failures,
    )


def _amqp(name: str, looked: Looked) -> ChannelView:
    standing, lag = looked.standing(name), looked.lags.get(name)
    if lag is None or standing is Standing.MISSING:
        return ChannelView(standing=standing)
    return ChannelView(
        standing=standing,
        waiting=lag.waiting,
        readers=lag.readers,
        behind_since=lag.behind_since,
        seen_at=lag.seen_at,
    )


class PublishedView(BaseModel):
    """That an event was published."""

    model_config = ConfigDict(from_attributes=True)

    position: int
    event_id: str
    type: str
    centre: str | None
    at: datetime | None


class BrokerView(BaseModel):
    """Whether the broker answers, and when it last did: figures are of then."""

    answers: bool
    looked_at: datetime | None

    @classmethod
    def of(cls, looked: Looked, now: datetime) -> Self:
        return cls(answers=looked.is_fresh(now), looked_at=looked.at)


class Partners(Paged):
    """A page of those that stand, and the last that were revoked."""

    items: list[PartnerView]
    revoked: list[PartnerView]
    broker: BrokerView


class PartnerSheet(BaseModel):
    """One partner, with the last events that it was given."""

    partner: PartnerView
    recent: list[PublishedView]
    looked_through: int = KEPT
    """Of this many published events."""

    broker: BrokerView
