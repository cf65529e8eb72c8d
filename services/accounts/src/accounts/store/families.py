"""Reading families."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.family import Child, Family, Guardian
from accounts.domain.quotient import QuotientPeriod

from . import tables


async def family_by_id(connection: AsyncConnection, family_id: UUID) -> Family | None:
    """The whole family, or None."""
    families = tables.families
    found = await connection.execute(select(families).where(families.c.family_id == family_id))
    row = found.one_or_none()
    if row is None:
        return None
    return Family(
        family_id=row.family_id,
        version=row.version,
        reference=row.reference,
        name=row.name,
        resident=row.resident,
        guardians=await _guardians(connection, family_id),
        children=await _children(connection, family_id),
        quotients=await _quotients(connection, family_id),
    )


async def creation_digest(connection: AsyncConnection, family_id: UUID) -> bytes | None:
    """The digest of what first created the family, or None when there is no such family."""
    query = select(tables.families.c.creation_digest)
    found = await connection.execute(query.where(tables.families.c.family_id == family_id))
    digest: bytes | None = found.scalar_one_or_none()
    return digest


async def lock_family(connection: AsyncConnection, family_id: UUID) -> bool:
    """Hold the family's row until the end of the transaction; False when there is none."""
    query = select(tables.families.c.family_id).where(tables.families.c.family_id == family_id)
    return (await connection.execute(query.with_for_update())).one_or_none() is not None


async def child_of(connection: AsyncConnection, family_id: UUID, child_id: UUID) -> Child | None:
    """The child if it is that family's."""
    children = tables.children
    found = await connection.execute(
        select(children).where(children.c.child_id == child_id, children.c.family_id == family_id)
    )
    row = found.one_or_none()
    return None if row is None else _child(row)


async def _guardians(connection: AsyncConnection, family_id: UUID) -> tuple[Guardian, ...]:
    guardians = tables.guardians
    rows = await connection.execute(
        select(guardians).where(guardians.c.family_id == family_id).order_by(guardians.c.position)
    )
    return tuple(
        Guardian(row.guardian_id, row.given_name, row.family_name, row.is_payer) for row in rows
    )


async def _children(connection: AsyncConnection, family_id: UUID) -> tuple[Child, ...]:
    children = tables.children
    rows = await connection.execute(
        select(children).where(children.c.family_id == family_id).order_by(children.c.position)
    )
    return tuple(_child(row) for row in rows)


def _child(row: Row[Any]) -> Child:
    return Child(row.child_id, row.version, row.given_name, row.family_name, row.born_on)


async def _quotients(connection: AsyncConnection, family_id: UUID) -> tuple[QuotientPeriod, ...]:
    quotients = tables.quotients
    rows = await connection.execute(
        select(quotients.c.validity, quotients.c.value)
        .where(quotients.c.family_id == family_id)
        .order_by(quotients.c.validity)
    )
    return tuple(QuotientPeriod(row.validity.lower, row.validity.upper, row.value) for row in rows)
