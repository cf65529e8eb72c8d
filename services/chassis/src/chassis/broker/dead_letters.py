"""Events given up on: looked at without taking them, sent again once the cause is mended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aio_pika.abc import AbstractIncomingMessage

from portail_contracts.catalogue import Context
from portail_contracts.envelope import Envelope, MalformedEvent

from . import topology
from .connection import Link
from .deliveries import REASON
from .parking import copy_of
from .publishing import Unconfirmed, publish_many


@dataclass(frozen=True)
class DeadLetter:
    """One event in a service's dead-letter queue."""

    context: Context
    event_id: str
    type: str
    reason: str
    envelope: Envelope | None
    """None when the bytes are no event of ours."""

    message: AbstractIncomingMessage


@asynccontextmanager
async def held(link: Link, context: Context) -> AsyncIterator[list[DeadLetter]]:
    """All the service's dead letters, held back from others until the body ends.

    What the body does not acknowledge stands in the queue again afterwards.
    """
    queue = await link.channel.get_queue(topology.dead_queue(context), ensure=False)
    letters = []
    while (message := await queue.get(no_ack=False, fail=False)) is not None:
        letters.append(_letter(context, message))
    try:
        yield letters
    finally:
        for letter in letters:
            if not letter.message.processed:
                await letter.message.nack(requeue=True)


async def replay(link: Link, letter: DeadLetter) -> None:
    """Send it to the service's queue again as if it were new; raises Unconfirmed when unsure."""
    context = letter.context
    again = copy_of(
        letter.message, topology.again_exchange(context), topology.events_queue(context)
    )
    if await publish_many(link.channel, [again]):
        raise Unconfirmed(f"{again.routing_key} does not exist")
    await letter.message.ack()


def _letter(context: Context, message: AbstractIncomingMessage) -> DeadLetter:
    try:
        envelope = Envelope.from_bytes(message.body)
    except MalformedEvent:
        envelope = None
    headers: dict[str, Any] = dict(message.headers or {})
    return DeadLetter(
        context=context,
        event_id=message.message_id or "",
        type=envelope.type if envelope else (message.type or "?"),
        # The broker's own reason (a crash loop) stands in its x-death header.
        reason=str(headers.get(REASON) or headers.get("x-first-death-reason") or "unknown"),
        envelope=envelope,
        message=message,
    )
