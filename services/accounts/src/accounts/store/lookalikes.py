"""Families that a newcomer may already be: found by a child, a telephone or an address."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.family import Lookalike

from .tables import children, families, guardians

MOST = 5


async def families_with_child(
    connection: AsyncConnection, given_name: str, born_on: date, besides: UUID
) -> list[Lookalike]:
    """Other families in which a child has this given name and birth date."""
    query = (
        select(families.c.family_id, families.c.name, families.c.reference)
        .join(children, children.c.family_id == families.c.family_id)
        .where(
            func.lower(children.c.given_name) == given_name.lower(),
            children.c.born_on == born_on,
            families.c.family_id != besides,
            children.c.left_at.is_(None),
        )
        .order_by(families.c.reference)
        .limit(MOST)
    )
    return [Lookalike(**row._mapping) for row in await connection.execute(query)]


async def families_reached_by(
    connection: AsyncConnection, email: str | None, phones: Iterable[str], besides: UUID
) -> list[Lookalike]:
    """Other families of which a guardian has this address or one of these numbers."""
    numbers = [number for number in phones if number]
    conditions: list[ColumnElement[bool]] = [
        column.in_(numbers)
        for column in (
            guardians.c.mobile_phone,
            guardians.c.home_phone,
            guardians.c.work_phone,
        )
        if numbers
    ]
    if email:
        conditions.append(func.lower(guardians.c.email) == email.lower())
    if not conditions:
        return []
    query = (
        select(families.c.family_id, families.c.name, families.c.reference)
        .join(guardians, guardians.c.family_id == families.c.family_id)
        .where(or_(*conditions), families.c.family_id != besides, guardians.c.left_at.is_(None))
        .distinct()
        .order_by(families.c.reference)
        .limit(MOST)
    )
    return [Lookalike(**row._mapping) for row in await connection.execute(query)]
