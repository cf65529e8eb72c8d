"""Keys by which partners come for their events, and how far each has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.broker.partners import Partner
from chassis.identifiers import new_id

from .tables import partner_keys, partner_pulls, partners

NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Caller:
    """The partner that a key speaks for."""

    partner_id: UUID
    partner: Partner


@dataclass(frozen=True)
class Pull:
    """The last cursor that a partner came back with."""

    name: str
    number: int
    asked_at: datetime


async def caller_with(connection: AsyncConnection, digest: bytes, now: datetime) -> Caller | None:
    """None for a key that was never given, has ended, or is a revoked partner's."""
    p, k = partners.c, partner_keys.c
    query = (
        select(p.partner_id, p.name, p.patterns, p.centres)
        .join_from(partners, partner_keys)
        .where(k.digest == digest, p.revoked_at.is_(None))
        .where(or_(k.ends_at.is_(None), k.ends_at > now))
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    return Caller(row.partner_id, Partner(row.name, tuple(row.patterns), tuple(row.centres)))


async def give(
    connection: AsyncConnection, name: str, digest: bytes, now: datetime, former_until: datetime
) -> bool:
    """A new key; those given before end then. False when no such partner stands."""
    standing = (partners.c.name == name) & partners.c.revoked_at.is_(None)
    partner_id = await connection.scalar(
        select(partners.c.partner_id).where(standing).with_for_update()
    )
    if partner_id is None:
        return False
    k = partner_keys.c
    ending = func.least(func.coalesce(k.ends_at, former_until), former_until)
    await connection.execute(
        update(partner_keys).where(k.partner_id == partner_id).values(ends_at=ending)
    )
    row = {"key_id": new_id(), "partner_id": partner_id, "digest": digest, "given_at": now}
    await connection.execute(insert(partner_keys).values(row))
    return True


async def note_pull(
    connection: AsyncConnection, partner_id: UUID, number: int, now: datetime
) -> None:
    """Written when it has moved, or now and then."""
    row = {"partner_id": partner_id, "number": number, "asked_at": now}
    statement = upsert(partner_pulls).values(row)
    moved = partner_pulls.c.number != statement.excluded.number
    old = partner_pulls.c.asked_at < now - NOTED_EVERY
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["partner_id"],
            set_={"number": statement.excluded.number, "asked_at": statement.excluded.asked_at},
            where=or_(moved, old),
        )
    )


async def pulls(connection: AsyncConnection) -> Sequence[Pull]:
    """Of those who stand, by name."""
    query = (
        select(partners.c.name, partner_pulls.c.number, partner_pulls.c.asked_at)
        .join_from(partners, partner_pulls)
        .where(partners.c.revoked_at.is_(None))
        .order_by(partners.c.name)
    )
    return [Pull(*row) for row in await connection.execute(query)]
