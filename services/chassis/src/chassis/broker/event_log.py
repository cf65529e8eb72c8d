"""The broker's logs of events, read from any point: streams, from which reading takes nothing away.

Speaks to the aiormq channel below aio-pika, which makes an object of ten fields for each message
that a replay only passes on.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import aiormq
from aiormq.abc import DeliveredMessage
from pamqp import commands

from chassis.identifiers import new_id

from .connection import ANSWER_SECONDS, Link, heed_cancellation
from .partners import CENTRE
from .publishing import Outgoing, Unconfirmed, publish_many
from .topology import KEPT_LOG, PUBLIC_LOG

BATCH = 500
PREFETCH = 4 * BATCH
OFFSET = "x-stream-offset"

Start = int | datetime | Literal["first"]
"""A position, an instant (from the piece of the log that was written then), or what is left."""


@dataclass(frozen=True)
class Logged:
    """One event of the log as it stands there."""

    position: int
    type: str
    centre: str | None
    message: DeliveredMessage

    @property
    def event_id(self) -> UUID:
        return UUID(self.message.header.properties.message_id)

    def by(self, exchange: str) -> Outgoing:
        """The same event once more, with its own id, by another exchange."""
        properties = self.message.header.properties
        kept = {CENTRE: self.centre} if self.centre else {}
        return Outgoing(
            event_id=self.event_id,
            exchange=exchange,
            routing_key=self.type,
            type=self.type,
            body=self.message.body,
            at=properties.timestamp or datetime.fromtimestamp(0, UTC),
            headers=kept,
        )


async def end_of_log(link: Link, log: str = PUBLIC_LOG) -> int:
    """A position after everything that was published before this was asked.

    A mark is written and read back: the broker's own count of a stream lags behind.
    """
    heard: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
    channel = await _below(link)
    tag = await _consume(channel, log, heard, "next")
    mark = Outgoing(new_id(), "", log, MARK, b"{}", datetime.now(UTC))
    if await publish_many(link.channel, [mark]):
        raise Unconfirmed(f"{log} does not exist")
    while (message := await _next(heard, link)).header.properties.message_id != str(mark.event_id):
        pass
    await channel.basic_cancel(tag)
    await _acknowledge(channel, message)
    return _position(message)


async def logs_are_up(link: Link) -> None:
    """Returns once what is published is written to the logs as well. Raises one of LOST.

    A broker that has just started lets clients in before its streams are up, routes past those
    that are not, and confirms: the log would lack what every other queue was given (decision 60).
    """
    for log in (PUBLIC_LOG, KEPT_LOG):
        while not await link.is_up(log):  # noqa: ASYNC110 - the broker tells nobody
            await asyncio.sleep(LOOK_EVERY)


LOOK_EVERY = 0.1
MARK = "portail.log.mark"
"""Type of what `end_of_log` writes; it is no event, and no exchange ever sees it."""


async def read_log(
    link: Link, start: Start, end: int, log: str = PUBLIC_LOG
) -> AsyncGenerator[list[Logged], None]:
    """Events from `start` up to `end`, in pieces of at most `BATCH` that hold what has arrived.

    The next piece is asked for when the body of the loop is done with one, so a slow body slows the
    broker and not the memory. Raises ConnectionError when the link is lost.
    """
    if isinstance(start, int) and start >= end:
        return
    arrived: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
    channel = await _below(link)
    tag = await _consume(channel, log, arrived, start)
    position = -1
    while position < end:
        batch = await _piece(arrived, link)
        position = _position(batch[-1])
        # The broker serves pieces of the log whole: some may lie before or after what was asked.
        yield [_logged(message) for message in batch if _is_event(message, start, end)]
        await _acknowledge(channel, batch[-1])
    await channel.basic_cancel(tag)


async def follow_log(link: Link, back: int) -> AsyncGenerator[list[Logged], None]:
    """The last `back` events or some more, then each that comes, for ever.

    Raises ConnectionError when the link is lost.
    """
    newest = await _newest_position(link)
    async with aclosing(read_on(link, max(0, newest - back))) as pieces:
        async for piece in pieces:
            yield piece


async def read_on(link: Link, start: Start) -> AsyncGenerator[list[Logged], None]:
    """From `start` on, for ever, in pieces as `read_log` gives them; some may lie before it.

    Raises ConnectionError when the link is lost.
    """
    arrived: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
    channel = await _below(link)
    await _consume(channel, PUBLIC_LOG, arrived, start)
    while True:
        batch = await _piece(arrived, link)
        yield [_logged(message) for message in batch if message.exchange != ""]
        await _acknowledge(channel, batch[-1])


async def _newest_position(link: Link) -> int:
    """Of the last piece of the log; of an empty log, that of the first event that comes."""
    heard: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
    channel = await _below(link)
    tag = await _consume(channel, PUBLIC_LOG, heard, "last")
    position = _position(await _next(heard, link))
    await channel.basic_cancel(tag)
    return position


async def _piece(arrived: asyncio.Queue[DeliveredMessage], link: Link) -> list[DeliveredMessage]:
    """At least one message, and of what has arrived no more than `BATCH`."""
    batch = [await _next(arrived, link)]
    while len(batch) < BATCH and not arrived.empty():
        batch.append(arrived.get_nowait())
    return batch


async def _below(link: Link) -> aiormq.Channel:
    channel = await link.channel.get_underlay_channel()
    assert isinstance(channel, aiormq.Channel)  # noqa: S101 - no other is made
    return channel


async def _consume(
    channel: aiormq.Channel,
    log: str,
    into: asyncio.Queue[DeliveredMessage],
    start: Start | Literal["next", "last"],
) -> str:
    """Raises TimeoutError: a broker that has just started may never answer on a live link."""
    async with asyncio.timeout(ANSWER_SECONDS):
        await channel.basic_qos(prefetch_count=PREFETCH)
        answer = await channel.basic_consume(log, into.put, arguments={OFFSET: start})
    return str(answer.consumer_tag)


async def _next(arrived: asyncio.Queue[DeliveredMessage], link: Link) -> DeliveredMessage:
    heed_cancellation()
    if not arrived.empty():
        return arrived.get_nowait()
    arriving = asyncio.create_task(arrived.get())
    losing = asyncio.create_task(link.lost.wait())
    try:
        await asyncio.wait({arriving, losing}, return_when=asyncio.FIRST_COMPLETED)
        if arriving.done():
            return arriving.result()
        raise ConnectionError("the link was lost")
    finally:
        arriving.cancel()
        losing.cancel()


async def _acknowledge(channel: aiormq.Channel, last: DeliveredMessage) -> None:
    assert isinstance(last.delivery, commands.Basic.Deliver)  # noqa: S101 - it was consumed
    await channel.basic_ack(last.delivery.delivery_tag or 0, multiple=True)


def _position(message: DeliveredMessage) -> int:
    return int(_headers(message)[OFFSET])


def _headers(message: DeliveredMessage) -> dict[str, Any]:
    return message.header.properties.headers or {}


def _is_event(message: DeliveredMessage, start: Start, end: int) -> bool:
    position = _position(message)
    early = isinstance(start, int) and position < start
    return message.exchange != "" and not early and position < end


def _logged(message: DeliveredMessage) -> Logged:
    centre = _headers(message).get(CENTRE)
    return Logged(_position(message), message.routing_key or "", centre, message)
