"""Our own reconnection: a list of brokers tried in turn, one channel at a time.

aio-pika's robust connection takes one address and replays nothing; a loop of ours finds the next
node of a cluster within a heartbeat.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AMQPException, ChannelNotFoundEntity
from aiormq.exceptions import ChannelInvalidStateError

from chassis.telemetry import logger

HEARTBEAT = 5
CONNECT_TIMEOUT = 5.0
LONGEST_WAIT = 2.0
ANSWER_SECONDS = 10.0
"""For what is asked of the broker: a queue that is not up again after a restart may never answer,
while heartbeats go on."""

LOST = (AMQPException, ChannelInvalidStateError, ConnectionError, TimeoutError, OSError)
"""What a broken connection looks like; what was under way is in an unknown state.

A call on a channel that has just closed raises a plain RuntimeError of aiormq's.
"""

log = logger(__name__)


def is_missing_queue(error: BaseException) -> bool:
    """Whether the broker says that a queue does not exist.

    A queue that is there and not yet up again after a restart is "not found" as well, in other
    words.
    """
    return isinstance(error, ChannelNotFoundEntity) and "no queue" in str(error)


class Link:
    """One open connection with one channel, and the news of its end."""

    def __init__(
        self, connection: aio_pika.abc.AbstractConnection, channel: AbstractChannel
    ) -> None:
        self.channel = channel
        self._connection = connection
        self.lost = asyncio.Event()
        connection.close_callbacks.add(self._on_close)
        channel.close_callbacks.add(self._on_close)

    @property
    def server_version(self) -> str:
        """As the broker said it when it let us in; empty when it said none."""
        transport = self._connection.transport
        told: Any = transport.connection.server_properties if transport else {}
        version = told.get("version", b"")
        return version.decode() if isinstance(version, bytes) else str(version)

    async def is_up(self, queue: str) -> bool:
        """Whether what is published now reaches this queue; also True of one never declared.

        Asked on a channel of its own: a broker closes the channel on which it says "not found".
        Raises one of LOST.
        """
        async with asyncio.timeout(ANSWER_SECONDS), self._connection.channel() as asking:
            try:
                await asking.declare_queue(queue, passive=True)
            except ChannelNotFoundEntity as error:
                return is_missing_queue(error)
            return True

    def _on_close(self, *_: object) -> None:
        self.lost.set()

    async def close(self) -> None:
        with suppress(*LOST, asyncio.CancelledError):
            await asyncio.wait_for(self._connection.close(), timeout=2)


async def open_link(url: str, name: str) -> Link:
    """Connect once; raises one of LOST."""
    connection = await aio_pika.connect(
        url,
        timeout=CONNECT_TIMEOUT,
        heartbeat=HEARTBEAT,
        client_properties={"connection_name": name},
    )
    try:
        # Unroutable events must be told: by default the client reports them as published.
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    except BaseException:
        await connection.close()
        raise
    return Link(connection, channel)


async def links(urls: Sequence[str], name: str) -> AsyncGenerator[Link, None]:
    """Yield one working link after another; the caller leaves the body when it is lost.

    Read it within `aclosing`: a reader that is cancelled then closes its link itself, where the
    loop would do it after everything else, while it is cancelling the client's own tasks.
    """
    attempt = 0
    while True:
        heed_cancellation()
        url = urls[attempt % len(urls)]
        try:
            link = await open_link(url, name)
        except LOST as error:
            heed_cancellation()
            attempt += 1
            wait = min(0.1 * 2 ** min(attempt // len(urls), 5), LONGEST_WAIT)
            log.warning("broker.unreachable", error=type(error).__name__, retry_in_s=wait)
            await asyncio.sleep(wait)
            continue
        attempt = 0
        log.info("broker.connected", connection=name)
        try:
            yield link
        finally:
            await link.close()


def heed_cancellation() -> None:
    """Raises CancelledError when this task was cancelled and somebody swallowed it.

    Up to Python 3.11 `wait_for`, by which clients ask, answers with what it waited for when
    that failed in the very moment of the cancellation: the task would go on for ever.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
