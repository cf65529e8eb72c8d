"""The families that billing knows of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.family import FamilyFacts, QuotientPeriod

from .tables import families, quotient_periods


@dataclass(frozen=True)
class KnownFamily:
    """What was last heard of a family, and when accounts was last asked itself."""

    facts: FamilyFacts
    asked_at: datetime | None


async def find_family(connection: AsyncConnection, family_id: UUID) -> KnownFamily | None:
    chosen = select(families.c.resident, families.c.asked_at).where(
        families.c.family_id == family_id
    )
    family = (await connection.execute(chosen)).one_or_none()
    if family is None:
        return None
    periods = select(
        quotient_periods.c.valid_from, quotient_periods.c.valid_to, quotient_periods.c.value
    ).where(quotient_periods.c.family_id == family_id)
    quotients = tuple(QuotientPeriod(*row) for row in await connection.execute(periods))
    return KnownFamily(FamilyFacts(family.resident, quotients), family.asked_at)


async def raise_version(
    connection: AsyncConnection, family_id: UUID, version: int, resident: bool
) -> bool:
    """Whether the snapshot is newer than what was known; its row is then locked."""
    row = {"family_id": family_id, "version": version, "resident": resident}
    statement = upsert(families).values(row)
    newer = statement.on_conflict_do_update(
        index_elements=[families.c.family_id],
        set_={"version": statement.excluded.version, "resident": statement.excluded.resident},
        where=families.c.version < statement.excluded.version,
    ).returning(families.c.family_id)
    return (await connection.execute(newer)).scalar_one_or_none() is not None


async def replace_quotients(
    connection: AsyncConnection, family_id: UUID, periods: Sequence[QuotientPeriod]
) -> None:
    await connection.execute(
        delete(quotient_periods).where(quotient_periods.c.family_id == family_id)
    )
    rows = {
        period.valid_from: {
            "family_id": family_id,
            "valid_from": period.valid_from,
            "valid_to": period.valid_to,
            "value": period.value,
        }
        for period in periods
    }
    if rows:
        await connection.execute(insert(quotient_periods), list(rows.values()))


async def note_asked(connection: AsyncConnection, family_id: UUID, at: datetime) -> None:
    await connection.execute(
        update(families).where(families.c.family_id == family_id).values(asked_at=at)
    )
