"""What the services told each other, held against what each has handled: all of it, in order."""

from datetime import datetime
from uuid import UUID

import asyncpg

from chassis.broker import topology
from chassis.broker.connection import Link
from chassis.broker.deliveries import key_header
from chassis.broker.event_log import end_of_log, read_log
from portail_contracts.catalogue import Context, consumed_by


async def kept(link: Link) -> list[tuple[UUID, str, str]]:
    """(event, type, key) in the order of the broker's log; what came twice stands once."""
    end = await end_of_log(link, topology.KEPT_LOG)
    seen: dict[UUID, tuple[UUID, str, str]] = {}
    async for piece in read_log(link, "first", end, topology.KEPT_LOG):
        for event in piece:
            outgoing = event.by("")
            key = key_header({}, outgoing.body)[topology.KEY]
            seen.setdefault(event.event_id, (event.event_id, event.type, key))
    return list(seen.values())


async def handled(url: str) -> tuple[dict[UUID, datetime], int]:
    """When each event was taken in; how many of its own a service has not told yet."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT event_id, received_at FROM inbox")
    waiting = await connection.fetchval("SELECT count(*) FROM outbox")
    await connection.close()
    return {row["event_id"]: row["received_at"] for row in rows}, waiting


async def differences(link: Link, urls: dict[str, str]) -> list[str]:
    """Nothing when every event has reached each service it is for, in the order of its key."""
    events = await kept(link)
    wrong = []
    for context in Context:
        taken, waiting = await handled(urls[context])
        if waiting:
            wrong.append(f"{context}: {waiting} not told")
        heard = {entry.type for entry in consumed_by(context)}
        before: dict[str, datetime] = {}
        for event_id, type_, key in events:
            if type_ not in heard:
                continue
            if event_id not in taken:
                wrong.append(f"{context}: {type_} not taken in")
            elif key in before and taken[event_id] < before[key]:
                wrong.append(f"{context}: {type_} taken in before an earlier one of its key")
            else:
                before[key] = taken[event_id]
    return wrong
