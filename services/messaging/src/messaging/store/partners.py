"""The record of partners: the broker's user and queue of each are made from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.broker.partners import Partner

from .messages import PAGE
from .tables import partner_keys, partners, webhooks


@dataclass(frozen=True)
class PartnerRecord:
    """A partner that stands; of one that was revoked only its row is kept."""

    partner_id: UUID
    partner: Partner
    password_hash: str | None
    """None when it is not at the broker."""

    added_at: datetime
    rotated_at: datetime | None
    keys: int
    """How many let it in to come for its events."""

    revoked_at: datetime | None = None
    url: str | None = None
    """Where its events are sent to."""


STANDS = partners.c.revoked_at.is_(None)
_KEYS = (
    select(func.count())
    .where(partner_keys.c.partner_id == partners.c.partner_id)
    .where(or_(partner_keys.c.ends_at.is_(None), partner_keys.c.ends_at > func.now()))
    .scalar_subquery()
)
_RECORD = select(partners, _KEYS.label("keys"), webhooks.c.url).join_from(
    partners, webhooks, isouter=True
)


async def standing(connection: AsyncConnection) -> Sequence[PartnerRecord]:
    """By name."""
    query = _RECORD.where(STANDS).order_by(partners.c.name)
    return [_record(row) for row in await connection.execute(query)]


async def page_of_standing(
    connection: AsyncConnection, page: int
) -> tuple[Sequence[PartnerRecord], int]:
    """By name; how many there are in all."""
    counting = select(func.count()).select_from(partners).where(STANDS)
    total = int((await connection.execute(counting)).scalar_one())
    query = _RECORD.where(STANDS).order_by(partners.c.name)
    rows = await connection.execute(query.limit(PAGE).offset((page - 1) * PAGE))
    return [_record(row) for row in rows], total


async def find_standing(connection: AsyncConnection, name: str) -> PartnerRecord | None:
    query = _RECORD.where(STANDS, partners.c.name == name)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _record(row)


async def last_revoked(connection: AsyncConnection) -> Sequence[PartnerRecord]:
    """The latest first, no more than a page."""
    query = _RECORD.where(~STANDS).order_by(partners.c.revoked_at.desc()).limit(PAGE)
    return [_record(row) for row in await connection.execute(query)]


def _record(row: Row[Any]) -> PartnerRecord:
    return PartnerRecord(
        row.partner_id,
        Partner(row.name, tuple(row.patterns), tuple(row.centres)),
        row.password_hash,
        row.added_at,
        row.rotated_at,
        row.keys,
        row.revoked_at,
        row.url,
    )


async def add(
    connection: AsyncConnection,
    partner_id: UUID,
    partner: Partner,
    password_hash: str | None,
    at: datetime,
) -> bool:
    """False when a partner of that name stands already."""
    row = {
        "partner_id": partner_id,
        "name": partner.name,
        "patterns": list(partner.patterns),
        "centres": list(partner.centres),
        "password_hash": password_hash,
        "added_at": at,
    }
    try:
        async with connection.begin_nested():
            await connection.execute(insert(partners).values(row))
    except IntegrityError:
        return False
    return True


async def rotate(connection: AsyncConnection, name: str, password_hash: str, at: datetime) -> bool:
    """False when no such partner stands."""
    return await _change(connection, name, {"password_hash": password_hash, "rotated_at": at})


async def revoke(connection: AsyncConnection, name: str, at: datetime) -> bool:
    """False when no such partner stands."""
    return await _change(connection, name, {"revoked_at": at})


async def _change(connection: AsyncConnection, name: str, values: dict[str, object]) -> bool:
    standing_one = (partners.c.name == name) & STANDS
    changed = update(partners).where(standing_one).values(values).returning(partners.c.name)
    return (await connection.execute(changed)).first() is not None
