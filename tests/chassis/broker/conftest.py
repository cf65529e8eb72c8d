"""A producer and a listener on real servers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aio_pika
import pytest

from chassis.broker.connection import Link, open_link
from conftest import FAST_RETRIES
from support.brokers import VirtualHost
from support.databases import Databases
from support.ledger_service import Listener, Producer, create_tables


@dataclass
class Pair:
    producer: Producer
    listener: Listener
    vhost: VirtualHost
    link: Link
    """The operator's own way to the broker."""

    async def depth(self, queue: str) -> int:
        declared = await self.link.channel.declare_queue(queue, passive=True)
        return declared.declaration_result.message_count or 0

    async def send(self, body: bytes, **properties: object) -> None:
        """Put bytes straight into billing's queue, as a faulty or hostile sender would."""
        message = aio_pika.Message(body, **properties)
        await self.link.channel.default_exchange.publish(message, "billing.events")


@pytest.fixture
async def pair(databases: Databases, vhost: VirtualHost) -> AsyncIterator[Pair]:
    enrolment = await databases.empty("enrolment")
    billing = await databases.empty("billing")
    for made in (enrolment, billing):
        await create_tables(made.owner_url)
    link = await open_link(vhost.url(), "test")
    pair = Pair(
        Producer(enrolment.runtime_url, vhost.url("enrolment")),
        Listener(billing.runtime_url, vhost.url("billing"), FAST_RETRIES),
        vhost,
        link,
    )
    yield pair
    await link.close()
    await pair.producer.database.close()
    await pair.listener.database.close()
