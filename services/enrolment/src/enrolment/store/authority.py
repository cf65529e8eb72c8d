"""The one row in which the authority says who it is, and how far its setting up has come."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.authority import AuthorityRecord

from .tables import activities, authority, centres, families, places


@dataclass(frozen=True)
class Progress:
    """What a new town has already entered here."""

    has_centres: bool
    has_activities: bool
    has_open_days: bool
    has_families: bool


async def find_authority(connection: AsyncConnection) -> AuthorityRecord | None:
    """None until the administration has written it."""
    names = AuthorityRecord.__dataclass_fields__
    row = (await connection.execute(select(*(authority.c[name] for name in names)))).one_or_none()
    return None if row is None else AuthorityRecord(**row._mapping)


async def keep_authority(
    connection: AsyncConnection, record: AuthorityRecord, by: str, now: datetime
) -> None:
    values: dict[str, Any] = {**vars(record), "changed_at": now, "changed_by": by}
    await connection.execute(
        insert(authority)
        .values(values)
        .on_conflict_do_update(index_elements=[authority.c.singleton], set_=values)
    )


async def progress_of(connection: AsyncConnection, today: date) -> Progress:
    found = (
        await connection.execute(
            select(
                exists(select(centres.c.centre_id)),
                exists(select(activities.c.activity_id)),
                exists(select(places.c.day).where(places.c.day >= today)),
                exists(select(families.c.family_id)),
            )
        )
    ).one()
    return Progress(*found)
