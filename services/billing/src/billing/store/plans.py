"""Plans to pay in parts: of one payer's debts, or of those of the payers together."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from .sight import Sight
from .tables import instalments


@dataclass(frozen=True)
class Instalment:
    """One part of what was agreed to be paid in parts."""

    plan_id: UUID
    rank: int
    family_id: UUID
    due_on: date
    amount_cents: int
    agreed_at: datetime
    agreed_by: str
    payer_id: UUID | None


async def add_plan(connection: AsyncConnection, parts: list[Instalment]) -> None:
    await connection.execute(insert(instalments), [vars(part) for part in parts])


async def find_plan(connection: AsyncConnection, plan_id: UUID) -> list[Instalment]:
    """First part first; empty when there is none of that id."""
    chosen = select(instalments).where(instalments.c.plan_id == plan_id)
    found = await connection.execute(chosen.order_by(instalments.c.rank))
    return [Instalment(**row._mapping) for row in found]


async def plans_of(connection: AsyncConnection, sight: Sight, today: date) -> list[Instalment]:
    """The newest plan that runs of each payer whom the reader sees; first that of all together."""
    newest = (
        select(instalments.c.plan_id)
        .where(instalments.c.family_id == sight.family_id)
        .where(sight.condition(instalments.c.payer_id) & (instalments.c.due_on >= today))
        .ext(distinct_on(instalments.c.payer_id))
        .order_by(instalments.c.payer_id, instalments.c.agreed_at.desc())
    )
    chosen = (
        select(instalments)
        .where(instalments.c.plan_id.in_(newest))
        .order_by(instalments.c.payer_id.nulls_first(), instalments.c.rank)
    )
    return [Instalment(**row._mapping) for row in await connection.execute(chosen)]
