"""Who works in which centre."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import any_, delete, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .assignments import Colleague
from .tables import centre_teams, staff_members


async def centres_of_agent(connection: AsyncConnection, staff_id: UUID) -> frozenset[UUID]:
    statement = select(centre_teams.c.centre_id).where(centre_teams.c.staff_id == staff_id)
    return frozenset((await connection.execute(statement)).scalars())


async def all_teams(connection: AsyncConnection) -> dict[UUID, frozenset[UUID]]:
    """Centres by agent."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for row in await connection.execute(select(centre_teams)):
        found[row.staff_id].add(row.centre_id)
    return {staff_id: frozenset(known) for staff_id, known in found.items()}


async def set_centres(
    connection: AsyncConnection, staff_id: UUID, centre_ids: Collection[UUID]
) -> None:
    await connection.execute(delete(centre_teams).where(centre_teams.c.staff_id == staff_id))
    if centre_ids:
        await connection.execute(
            insert(centre_teams),
            [{"centre_id": one, "staff_id": staff_id} for one in sorted(centre_ids)],
        )


async def has_agent(connection: AsyncConnection, staff_id: UUID) -> bool:
    statement = select(staff_members.c.staff_id).where(staff_members.c.staff_id == staff_id)
    return (await connection.execute(statement)).first() is not None


async def agents_of_centres(connection: AsyncConnection) -> list[Colleague]:
    """Active members of staff who work in centres, by name."""
    rows = await connection.execute(
        select(staff_members.c.staff_id, staff_members.c.name)
        .where(staff_members.c.active, literal("centre") == any_(staff_members.c.roles))
        .order_by(staff_members.c.name)
        .limit(500)
    )
    return [Colleague(row.staff_id, row.name) for row in rows]
