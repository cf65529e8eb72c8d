"""Days that cannot be billed yet because no rate prices them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.booking import Subject

from .tables import unpriced_days


async def note_unpriced(
    connection: AsyncConnection, subject: Subject, family_id: UUID, rate_code: str, at: datetime
) -> None:
    """Noted once, however often its event is tried."""
    row = {**vars(subject), "family_id": family_id, "rate_code": rate_code, "since": at}
    await connection.execute(upsert(unpriced_days).values(row).on_conflict_do_nothing())


async def forget_unpriced(connection: AsyncConnection, subject: Subject) -> None:
    await connection.execute(
        delete(unpriced_days).where(
            (unpriced_days.c.child_id == subject.child_id)
            & (unpriced_days.c.slot_id == subject.slot_id)
            & (unpriced_days.c.day == subject.day)
        )
    )


@dataclass(frozen=True)
class Unpriced:
    """A price code that is missing for some days of a month."""

    rate_code: str
    days: int
    families: int
    first: date
    last: date
    since: datetime


async def unpriced_in(connection: AsyncConnection, days: tuple[date, date]) -> Sequence[Unpriced]:
    """By code, of half-open days."""
    chosen = (
        select(
            unpriced_days.c.rate_code,
            func.count(),
            func.count(unpriced_days.c.family_id.distinct()),
            func.min(unpriced_days.c.day),
            func.max(unpriced_days.c.day),
            func.min(unpriced_days.c.since),
        )
        .where((unpriced_days.c.day >= days[0]) & (unpriced_days.c.day < days[1]))
        .group_by(unpriced_days.c.rate_code)
        .order_by(unpriced_days.c.rate_code)
    )
    return [Unpriced(*row) for row in await connection.execute(chosen)]
