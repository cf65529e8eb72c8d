"""Publishing with confirms: many messages in one write, then all their confirms.

`publish_many` speaks to the aiormq channel below aio-pika, which knows only one message at a
time: six times the rate of awaiting each. `publish_each` is the plain way, kept as a fallback;
a test holds both to the same behaviour.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import aio_pika
import aiormq
from aio_pika.abc import AbstractChannel, DeliveryMode
from aiormq.abc import ChannelFrame
from aiormq.exceptions import PublishError
from pamqp import commands
from pamqp.header import ContentHeader

from portail_contracts.envelope import CONTENT_TYPE

CONFIRM_TIMEOUT = 10.0


FATE_UNKNOWN = (
    TimeoutError,
    ConnectionError,
    aiormq.exceptions.AMQPError,
    aiormq.exceptions.ChannelInvalidStateError,
    asyncio.InvalidStateError,
)
"""After any of these the broker may or may not have what was written."""


class Unconfirmed(ConnectionError):
    """The broker may or may not have the messages: publish them again with the same ids."""


@dataclass(frozen=True)
class Outgoing:
    """One message to be published, persistent and mandatory."""

    event_id: UUID
    exchange: str
    routing_key: str
    type: str
    body: bytes
    at: datetime
    headers: dict[str, Any] = field(default_factory=dict)


async def publish_many(channel: AbstractChannel, messages: Sequence[Outgoing]) -> list[UUID]:
    """Publish in one write; returns the ids of the events that no queue was bound for.

    Raises Unconfirmed when the broker did not answer for all of them.
    """
    if not isinstance(await _below(channel), aiormq.Channel):
        return await publish_each(channel, messages)
    return await (await write_many(channel, messages)).confirmed()


async def _below(channel: AbstractChannel) -> aiormq.abc.AbstractChannel:
    try:
        return await channel.get_underlay_channel()
    except FATE_UNKNOWN as error:
        raise Unconfirmed(type(error).__name__) from error


@dataclass(frozen=True)
class Written:
    """Messages that were handed to the broker, in their order; its answer is to come."""

    messages: Sequence[Outgoing]
    _confirmations: Sequence[asyncio.Future[Any]]

    async def confirmed(self) -> list[UUID]:
        """As `publish_many`; what is written meanwhile does not wait for it."""
        try:
            async with asyncio.timeout(CONFIRM_TIMEOUT):
                answers = await asyncio.gather(*self._confirmations, return_exceptions=True)
        except FATE_UNKNOWN as error:
            raise Unconfirmed(type(error).__name__) from error
        return _unroutable(self.messages, answers)

    def give_up(self) -> None:
        """The answer is of no use any more."""
        for confirmation in self._confirmations:
            confirmation.cancel()


async def write_many(channel: AbstractChannel, messages: Sequence[Outgoing]) -> Written:
    """The first half of `publish_many`. Raises Unconfirmed."""
    below = await _below(channel)
    assert isinstance(below, aiormq.Channel)  # noqa: S101 - no other is made
    try:
        return Written(messages, await _write(below, messages))
    except FATE_UNKNOWN as error:
        raise Unconfirmed(type(error).__name__) from error


async def publish_each(channel: AbstractChannel, messages: Sequence[Outgoing]) -> list[UUID]:
    """The same, one after another, by aio-pika's public interface only."""
    answers: list[object] = []
    for message in messages:
        try:
            exchange = await channel.get_exchange(message.exchange, ensure=False)
            await exchange.publish(
                _plain(message), message.routing_key, mandatory=True, timeout=CONFIRM_TIMEOUT
            )
            answers.append(None)
        except PublishError as error:
            answers.append(error)
        except FATE_UNKNOWN as error:
            raise Unconfirmed(type(error).__name__) from error
    return _unroutable(messages, answers)


def _unroutable(messages: Sequence[Outgoing], answers: Sequence[object]) -> list[UUID]:
    returned: list[UUID] = []
    for message, answer in zip(messages, answers, strict=True):
        if isinstance(answer, PublishError):
            returned.append(message.event_id)
        elif isinstance(answer, BaseException):
            raise Unconfirmed(str(answer)) from answer
    return returned


async def _write(
    channel: aiormq.Channel, messages: Sequence[Outgoing]
) -> list[asyncio.Future[Any]]:
    frames: list[Any] = []
    confirmations: list[asyncio.Future[Any]] = []
    async with channel.lock:
        for message in messages:
            channel.delivery_tag += 1
            confirmation = channel.create_future()
            channel.confirmations[channel.delivery_tag] = confirmation
            # By this the channel finds which confirm a returned message belongs to.
            key = str(message.event_id)
            channel.message_id_delivery_tag[key] = channel.delivery_tag
            confirmation.add_done_callback(_forget(channel, key))
            confirmations.append(confirmation)
            frames += _frames(channel, message)
        await channel.write_queue.put(
            ChannelFrame.marshall(channel_number=channel.number, frames=frames)
        )
    return confirmations


def _forget(channel: aiormq.Channel, key: str) -> Callable[[object], None]:
    def forget(_: object) -> None:
        channel.message_id_delivery_tag.pop(key, None)

    return forget


def _frames(channel: aiormq.Channel, message: Outgoing) -> list[Any]:
    publish = commands.Basic.Publish(
        exchange=message.exchange, routing_key=message.routing_key, mandatory=True
    )
    header = ContentHeader(
        body_size=len(message.body),
        properties=commands.Basic.Properties(
            message_id=str(message.event_id),
            content_type=CONTENT_TYPE,
            message_type=message.type,
            timestamp=message.at,
            delivery_mode=int(DeliveryMode.PERSISTENT),
            headers=message.headers,
        ),
    )
    return [publish, header, *channel._split_body(message.body)]


def _plain(message: Outgoing) -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        message_id=str(message.event_id),
        content_type=CONTENT_TYPE,
        type=message.type,
        timestamp=message.at,
        delivery_mode=DeliveryMode.PERSISTENT,
        headers=message.headers,
    )
