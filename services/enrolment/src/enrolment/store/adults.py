"""Adults planned for an activity's days, or counted on them."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import adults_present


async def adults_between(
    connection: AsyncConnection, activity_ids: Iterable[UUID], first: date, last: date
) -> dict[tuple[UUID, date], int]:
    """Adults planned or counted, by activity and day; days of which nobody said are left out."""
    rows = await connection.execute(
        select(adults_present).where(
            adults_present.c.activity_id.in_(list(activity_ids)),
            adults_present.c.day.between(first, last),
        )
    )
    return {(row.activity_id, row.day): row.adults for row in rows}


async def adults_on(
    connection: AsyncConnection, activity_ids: Iterable[UUID], day: date
) -> dict[UUID, int]:
    found = await adults_between(connection, activity_ids, day, day)
    return {activity_id: adults for (activity_id, _), adults in found.items()}


async def note_adults(
    connection: AsyncConnection, activity_id: UUID, day: date, adults: int, at: datetime, by: str
) -> None:
    statement = insert_or(adults_present).values(
        activity_id=activity_id, day=day, adults=adults, noted_at=at, noted_by=by
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[adults_present.c.activity_id, adults_present.c.day],
            set_={"adults": adults, "noted_at": at, "noted_by": by},
        )
    )
