"""Events published again to a service that was put back to an earlier point.

They come from the broker's log of all that services tell each other, or from the piece of it that
a backup carries. What the service had handled already its inbox knows (decision 49).
"""

import base64
import json
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.broker import topology
from chassis.broker.connection import Link
from chassis.broker.deliveries import key_header
from chassis.broker.event_log import BATCH, Start, end_of_log, read_log
from chassis.broker.publishing import Outgoing, publish_many
from portail.telling import Refused
from portail_contracts.accounts import FamilyErased
from portail_contracts.catalogue import Context, consumed_by
from portail_contracts.envelope import Envelope

BEFORE = timedelta(hours=24)
"""What was published this long before a copy may not have been handled when it was made: longer
than all the waits of an event that failed."""


async def now_in_log(link: Link) -> int:
    """A position after all that was told until now."""
    return await end_of_log(link, topology.KEPT_LOG)


async def logged(link: Link, start: Start, end: int) -> AsyncGenerator[list[Outgoing], None]:
    """Events of the log, in its order."""
    async with aclosing(read_log(link, start, end, topology.KEPT_LOG)) as pieces:
        async for piece in pieces:
            yield [event.by("") for event in piece]


async def write(link: Link, file: Path, start: Start, end: int) -> int:
    """These events of the log, one JSON line each; how many."""
    count = 0
    with file.open("w") as lines:
        async with aclosing(logged(link, start, end)) as pieces:
            async for piece in pieces:
                lines.writelines(_line(event) for event in piece)
                count += len(piece)
    return count


async def written(file: Path) -> AsyncGenerator[list[Outgoing], None]:
    """What `write` wrote."""
    with file.open() as lines:
        piece = []
        for line in lines:
            piece.append(_event(json.loads(line)))
            if len(piece) == BATCH:
                yield piece
                piece = []
        if piece:
            yield piece


async def publish(
    link: Link, pieces: AsyncGenerator[list[Outgoing], None], contexts: Collection[Context]
) -> int:
    """To the queues of these services only: nobody else is told twice. How many were sent."""
    heard = {context: {entry.type for entry in consumed_by(context)} for context in contexts}
    sent = 0
    async with aclosing(pieces):
        async for piece in pieces:
            chosen = [
                _addressed(event, context)
                for event in piece
                for context in contexts
                if event.type in heard[context]
            ]
            if chosen and await publish_many(link.channel, chosen):
                raise Refused("une file de service n’existe pas : rétablissez d’abord le courtier.")
            sent += len(chosen)
    return sent


def _addressed(event: Outgoing, context: Context) -> Outgoing:
    """What was kept before events bore their key says it in its body."""
    return replace(
        event,
        exchange=topology.again_exchange(context),
        routing_key=topology.events_queue(context),
        headers={**event.headers, **key_header(event.headers, event.body)},
    )


async def noting_erased(
    pieces: AsyncGenerator[list[Outgoing], None], since: datetime, erased: list[UUID]
) -> AsyncGenerator[list[Outgoing], None]:
    """The same pieces; families that were erased since then are added to `erased` on the way.

    A copy of accounts from before brings them and their keys back: they must be erased again.
    """
    async with aclosing(pieces):
        async for piece in pieces:
            for event in piece:
                if event.type == FamilyErased.type and event.at > since:
                    fact = Envelope.from_bytes(event.body).event()
                    if isinstance(fact, FamilyErased):
                        erased.append(fact.family_id)
            yield piece


async def empty_queues(link: Link, context: Context, partitions: int) -> None:
    """What waits there is in the log as well; it must not overtake what comes again."""
    stages = range(len(topology.RETRY_DELAYS))
    names = (topology.retry_queue(context, stage) for stage in stages)
    for name in (*topology.events_queues(context, partitions), *names):
        queue = await link.channel.get_queue(name, ensure=False)
        await queue.purge()


def _line(event: Outgoing) -> str:
    kept = {
        "id": str(event.event_id),
        "type": event.type,
        "at": event.at.isoformat(),
        "headers": event.headers,
        "body": base64.b64encode(event.body).decode(),
    }
    return json.dumps(kept) + "\n"


def _event(kept: dict[str, Any]) -> Outgoing:
    return Outgoing(
        event_id=UUID(kept["id"]),
        exchange="",
        routing_key=kept["type"],
        type=kept["type"],
        body=base64.b64decode(kept["body"]),
        at=datetime.fromisoformat(kept["at"]),
        headers=dict(kept["headers"]),
    )
