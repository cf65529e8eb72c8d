"""Public events as partners are given them: numbered in the order of the log, without a gap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.broker.partners import Partner

from .tables import kept_events, kept_events_ends

FORGET_AT_ONCE = 5_000


@dataclass(frozen=True)
class Arrived:
    """An event of the log."""

    event_id: UUID
    type: str
    centre_id: UUID | None
    body: bytes

    def is_for(self, partner: Partner) -> bool:
        return partner.is_given(self.type, str(self.centre_id) if self.centre_id else None)


@dataclass(frozen=True)
class Kept:
    """What decides whether a partner is given an event; its body stays where it is."""

    number: int
    event_id: UUID
    type: str
    centre_id: UUID | None
    size: int

    def is_for(self, partner: Partner) -> bool:
        return partner.is_given(self.type, str(self.centre_id) if self.centre_id else None)


@dataclass(frozen=True)
class Ends:
    """The highest number given, and the highest that was forgotten."""

    newest: int
    forgotten: int


_FORGET = text(
    "WITH old AS (SELECT number FROM kept_events ORDER BY number LIMIT :most),"
    " gone AS (DELETE FROM kept_events k USING old"
    "          WHERE k.number = old.number AND k.kept_at < :before RETURNING k.number)"
    " UPDATE kept_events_ends SET forgotten = greatest(forgotten, g.highest)"
    " FROM (SELECT max(number) AS highest, count(*) AS many FROM gone) g"
    " WHERE g.highest IS NOT NULL RETURNING g.many"
)


async def log_read_at(connection: AsyncConnection) -> datetime | None:
    """When something of the log was last taken, by the machine's clock."""
    found: datetime | None = await connection.scalar(select(kept_events_ends.c.log_read_at))
    return found


async def lock(connection: AsyncConnection) -> int:
    """The newest number; until the commit nobody is given another."""
    locked = select(kept_events_ends.c.newest).with_for_update()
    newest: int = (await connection.execute(locked)).scalar_one()
    return newest


async def keep(
    connection: AsyncConnection, arrived: Sequence[Arrived], now: datetime, read_at: datetime
) -> list[tuple[int, Arrived]]:
    """Number and keep those that are new, in their order.

    The lock on the one row lasts until the commit: nobody can be given a number meanwhile, so a
    lower one never becomes visible after a higher one.
    """
    newest = await lock(connection)
    fresh: dict[UUID, Arrived] = {}
    for one in arrived:
        fresh.setdefault(one.event_id, one)
    known = select(kept_events.c.event_id).where(kept_events.c.event_id.in_(list(fresh)))
    for row in await connection.execute(known):
        del fresh[row.event_id]
    numbered = list(enumerate(fresh.values(), newest + 1))
    if numbered:
        await connection.execute(
            insert(kept_events),
            [{"number": number, **vars(one), "kept_at": now} for number, one in numbered],
        )
        values = {"newest": numbered[-1][0], "log_read_at": read_at}
        await connection.execute(update(kept_events_ends).values(values))
    return numbered


async def scan(connection: AsyncConnection, after: int, most: int) -> Sequence[Kept]:
    """What is kept after a number, in order."""
    c = kept_events.c
    columns = (c.number, c.event_id, c.type, c.centre_id, func.length(c.body))
    query = select(*columns).where(c.number > after).order_by(c.number).limit(most)
    return [Kept(*row) for row in await connection.execute(query)]


async def bodies(connection: AsyncConnection, numbers: Sequence[int]) -> list[bytes]:
    """In the order of their numbers; shorter when some were forgotten meanwhile."""
    c = kept_events.c
    query = select(c.body).where(c.number.in_(numbers)).order_by(c.number)
    return [row.body for row in await connection.execute(query)]


async def ends(connection: AsyncConnection) -> Ends:
    query = select(kept_events_ends.c.newest, kept_events_ends.c.forgotten)
    return Ends(*(await connection.execute(query)).one())


async def id_of(connection: AsyncConnection, number: int) -> UUID | None:
    """None when it is not kept."""
    found: UUID | None = await connection.scalar(
        select(kept_events.c.event_id).where(kept_events.c.number == number)
    )
    return found


async def last_before(connection: AsyncConnection, instant: datetime) -> int:
    """The number of the last event kept before an instant; 0 when there is none."""
    c = kept_events.c
    found = await connection.scalar(select(func.max(c.number)).where(c.kept_at < instant))
    return int(found or 0)


async def oldest_after(connection: AsyncConnection, number: int) -> datetime | None:
    """Since when the first event after a number waits."""
    c = kept_events.c
    query = select(c.kept_at).where(c.number > number).order_by(c.number).limit(1)
    found: datetime | None = await connection.scalar(query)
    return found


async def forget(connection: AsyncConnection, before: datetime) -> bool:
    """Some of the oldest; whether there may be more."""
    values = {"before": before, "most": FORGET_AT_ONCE}
    return (await connection.execute(_FORGET, values)).scalar() == FORGET_AT_ONCE
