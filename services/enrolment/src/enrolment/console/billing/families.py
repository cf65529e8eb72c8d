"""Finding a family by its name or its number."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.store.tables import families

MOST = 20


@dataclass(frozen=True)
class Found:
    family_id: UUID
    reference: str
    name: str


async def find_families(connection: AsyncConnection, typed: str) -> list[Found]:
    """The first twenty whose name or number holds what was typed; none for nothing."""
    words = typed.strip()
    if not words:
        return []
    chosen = (
        select(families.c.family_id, families.c.reference, families.c.name)
        .where(
            or_(
                families.c.name.icontains(words, autoescape=True),
                families.c.reference.icontains(words, autoescape=True),
            )
        )
        .order_by(families.c.name, families.c.reference)
        .limit(MOST)
    )
    return [Found(*row) for row in await connection.execute(chosen)]


async def named(connection: AsyncConnection, family_id: UUID) -> Found | None:
    chosen = select(families.c.family_id, families.c.reference, families.c.name).where(
        families.c.family_id == family_id
    )
    row = (await connection.execute(chosen)).one_or_none()
    return None if row is None else Found(*row)
