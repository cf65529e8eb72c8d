"""The outbox: events written in the caller's transaction, to be published after it commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.correlation import Trace
from chassis.identifiers import new_id
from portail_contracts.catalogue import Context
from portail_contracts.envelope import MAX_BYTES, Envelope
from portail_contracts.event import Event

from . import topology
from .tables import PARTITIONS, outbox

AT_ONCE = 2000
"""Rows of one statement: an import of a whole authority must not meet a statement's time limit."""


class OversizedEvent(ValueError):
    """An event carries facts, not files: the transaction that records a huge one must fail."""


@dataclass(frozen=True)
class Recorded:
    """An event and the trace it belongs to: a batch of handlers shares one transaction."""

    event: Event
    trace: Trace


def partition_of(ordering_key: UUID) -> int:
    return ordering_key.int % PARTITIONS


async def record(
    connection: AsyncConnection, events: Sequence[Recorded], producer: Context, at: datetime
) -> None:
    """Insert the events' envelopes; they go out in this order for each ordering key."""
    for start in range(0, len(events), AT_ONCE):
        rows = [_row(item, producer, at) for item in events[start : start + AT_ONCE]]
        await connection.execute(insert(outbox), rows)


def _row(item: Recorded, producer: Context, at: datetime) -> dict[str, object]:
    event, trace = item.event, item.trace
    envelope = Envelope.around(
        event,
        id=new_id(),
        producer=producer,
        time=at,
        correlationid=trace.correlation_id,
        causationid=trace.causation_id,
        traceparent=trace.traceparent,
    )
    body = envelope.to_bytes()
    if len(body) > MAX_BYTES:
        raise OversizedEvent(f"{event.type} takes {len(body)} bytes of {MAX_BYTES}")
    return {
        "event_id": envelope.id,
        "partition": partition_of(event.ordering_key),
        "ordering_key": event.ordering_key,
        "exchange": topology.exchange_for(event.reach),
        "type": event.type,
        "body": body,
        "recorded_at": at,
    }
