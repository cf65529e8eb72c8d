"""A broker with the house's topology, its operator, and partners let in by the operator's code."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.abc import AbstractIncomingMessage as Message

from chassis.broker.connection import Link, open_link
from chassis.broker.partners import Partner, centre_header
from chassis.broker.publishing import Outgoing, publish_many
from chassis.broker.topology import PUBLIC, hashed
from chassis.clock import SteppedClock
from chassis.database import Database
from chassis.identifiers import new_id
from messaging.partners.keeper import Keeper
from messaging.store import kept_events
from portail.partners.broker import Broker
from portail_contracts.billing import BalanceChanged
from portail_contracts.catalogue import BY_TYPE, Context
from portail_contracts.enrolment import BookingConfirmed
from portail_contracts.envelope import Envelope
from portail_contracts.event import Event
from support.brokers import VirtualHost
from support.databases import Databases
from support.ledger_service import confirmed
from support.servers import Servers
from support.waiting import eventually

collect_ignore = [] if os.environ.get("PORTAIL_CLUSTER_TEST") else ["test_broker_killed.py"]
"""Only by `make cluster-test`: killing a broker takes it minutes on a busy machine."""

PASSWORD = "only-for-tests"
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


@dataclass
class Town:
    """One virtual host, seen by its operator."""

    vhost: VirtualHost
    control: str
    link: Link
    _links: list[Link] = field(default_factory=list)

    @property
    def broker(self) -> Broker:
        return Broker(self.vhost.url(), self.control)

    def let_in(self, name: str, *patterns: str, centres: tuple[UUID, ...] = ()) -> Partner:
        partner = Partner(name, patterns, centres)
        self.broker.let_in(partner, hashed(PASSWORD))
        return partner

    def url_of(self, partner: Partner, password: str = PASSWORD) -> str:
        return self.broker.address_for(partner, password)

    async def publish(self, *bodies: bytes) -> None:
        """As the relay does."""
        assert await publish_many(self.link.channel, [outgoing(body) for body in bodies]) == []

    async def depth(self, partner: Partner) -> int:
        queue = await self.link.channel.declare_queue(partner.queue, passive=True)
        return queue.declaration_result.message_count or 0

    async def taken(
        self, partner: Partner, count: int, by: Callable[[Message], object] = id
    ) -> list[Message]:
        """What stands in its queue, read with its own credentials, until `count` differ."""
        found: list[Message] = []
        async with as_partner(self.url_of(partner)) as channel:
            queue = await channel.get_queue(partner.queue, ensure=False)
            await queue.consume(_into(found), no_ack=True)

            async def seen() -> int:
                return len({by(message) for message in found})

            await eventually(seen, lambda many: many >= count, within=60)
        return found


def _into(found: list[Any]):
    async def keep(message: Message) -> None:
        found.append(message)

    return keep


@asynccontextmanager
async def as_partner(url: str) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(url)
    try:
        yield await connection.channel()
    finally:
        await connection.close()


def booking(centre: UUID | None = None) -> BookingConfirmed:
    return confirmed(new_id(), new_id()).model_copy(update={"centre_id": centre})


def balance() -> BalanceChanged:
    """Happens in no centre."""
    return BalanceChanged(version=1, family_id=new_id(), balance_cents=100)


def as_bytes(event: Event, at: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)) -> bytes:
    return Envelope.around(
        event,
        id=new_id(),
        producer=BY_TYPE[event.type].producer,
        time=at,
        correlationid="0" * 32,
        causationid=None,
        traceparent=None,
    ).to_bytes()


def outgoing(body: bytes) -> Outgoing:
    envelope = Envelope.from_bytes(body)
    return Outgoing(
        event_id=envelope.id,
        exchange=PUBLIC,
        routing_key=envelope.type,
        type=envelope.type,
        body=body,
        at=envelope.time,
        headers=centre_header(body),
    )


@pytest.fixture
def control(servers: Servers, tmp_path: Path) -> str:
    """How the operator reaches `rabbitmqctl` here."""
    script = tmp_path / "rabbitmqctl"
    script.write_text(servers.rabbitmq.control_script())
    return f"sh {script}"


@pytest.fixture
async def town(vhost: VirtualHost, control: str) -> AsyncIterator[Town]:
    link = await open_link(vhost.url(), "test")
    yield Town(vhost, control, link)
    await link.close()


class Keeping:
    """Events that messaging keeps for partners who come for them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keeper(self, town: Town) -> Keeper:
        return Keeper(self._database, [town.vhost.url("messaging")], SteppedClock(NOON))

    async def count(self) -> int:
        async with self._database.reading() as connection:
            return (await kept_events.ends(connection)).newest

    async def kept(self) -> list[tuple[int, bytes]]:
        async with self._database.reading() as connection:
            numbers = [one.number for one in await kept_events.scan(connection, 0, 10_000)]
            return list(zip(numbers, await kept_events.bodies(connection, numbers), strict=True))


@pytest.fixture
async def keeping(databases: Databases) -> AsyncIterator[Keeping]:
    url = (await databases.fresh("messaging")).runtime_url
    database = Database(url, Context.MESSAGING, SteppedClock(NOON))
    yield Keeping(database)
    await database.close()
