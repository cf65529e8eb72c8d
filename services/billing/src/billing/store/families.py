"""The families that billing knows of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.family import FamilyFacts, Guardian, QuotientPeriod

from .tables import (
    absence_facts,
    attendance_facts,
    booking_facts,
    children,
    families,
    family_merges,
    quotient_periods,
)


@dataclass(frozen=True)
class Household:
    """Who the family is on a letter, and how its bill is shared (as the contract says it)."""

    name: str
    reference: str
    resident: bool
    guardians: tuple[Guardian, ...]
    payers: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Child:
    """A child as invoices and tax certificates name them."""

    child_id: UUID
    family_id: UUID
    given_name: str
    family_name: str
    born_on: date
    alternating_custody: bool


@dataclass(frozen=True)
class KnownFamily:
    """What was last heard of a family, and when accounts was last asked itself."""

    facts: FamilyFacts
    asked_at: datetime | None


async def find_family(connection: AsyncConnection, family_id: UUID) -> KnownFamily | None:
    asked = select(families.c.asked_at).where(families.c.family_id == family_id)
    row = (await connection.execute(asked)).one_or_none()
    if row is None:
        return None
    facts = await facts_of(connection, [family_id])
    return KnownFamily(facts[family_id], row.asked_at)


async def facts_of(
    connection: AsyncConnection, family_ids: Sequence[UUID]
) -> dict[UUID, FamilyFacts]:
    """What the days of each of these families are priced by; unknown ones are left out."""
    chosen = select(families.c.family_id, families.c.resident).where(
        families.c.family_id.in_(family_ids)
    )
    residents = {row.family_id: row.resident for row in await connection.execute(chosen)}
    quotients = await _quotients(connection, family_ids)
    counted = (
        select(children.c.family_id, func.count())
        .where(children.c.family_id.in_(family_ids))
        .group_by(children.c.family_id)
    )
    counts: dict[UUID, int] = {row[0]: row[1] for row in await connection.execute(counted)}
    return {
        family_id: FamilyFacts(resident, tuple(quotients[family_id]), counts.get(family_id, 1))
        for family_id, resident in residents.items()
    }


async def _quotients(
    connection: AsyncConnection, family_ids: Sequence[UUID]
) -> defaultdict[UUID, list[QuotientPeriod]]:
    chosen = select(
        quotient_periods.c.family_id,
        quotient_periods.c.valid_from,
        quotient_periods.c.valid_to,
        quotient_periods.c.value,
    ).where(quotient_periods.c.family_id.in_(family_ids))
    found: defaultdict[UUID, list[QuotientPeriod]] = defaultdict(list)
    for family_id, *period in await connection.execute(chosen):
        found[family_id].append(QuotientPeriod(*period))
    return found


async def raise_version(
    connection: AsyncConnection, family_id: UUID, version: int, household: Household
) -> bool:
    """Whether the snapshot is newer than what was known; its row is then locked.

    What was forgotten at the family's request is not learnt again from a late event.
    """
    row = {
        "family_id": family_id,
        "version": version,
        "name": household.name,
        "reference": household.reference,
        "resident": household.resident,
        "guardians": [_as_json(guardian) for guardian in household.guardians],
        "payers": list(household.payers),
    }
    statement = upsert(families).values(row)
    newer = statement.on_conflict_do_update(
        index_elements=[families.c.family_id],
        set_={name: statement.excluded[name] for name in row if name != "family_id"},
        where=(families.c.version < statement.excluded.version) & families.c.erased_at.is_(None),
    ).returning(families.c.family_id)
    return (await connection.execute(newer)).scalar_one_or_none() is not None


def _as_json(guardian: Guardian) -> dict[str, Any]:
    return {**asdict(guardian), "guardian_id": str(guardian.guardian_id)}


async def households_of(
    connection: AsyncConnection, family_ids: Sequence[UUID]
) -> dict[UUID, Household]:
    chosen = select(
        families.c.family_id,
        families.c.name,
        families.c.reference,
        families.c.resident,
        families.c.guardians,
        families.c.payers,
    ).where(families.c.family_id.in_(family_ids))
    return {
        row.family_id: Household(
            row.name,
            row.reference,
            row.resident,
            tuple(_guardian(guardian) for guardian in row.guardians),
            tuple(row.payers),
        )
        for row in await connection.execute(chosen)
    }


def _guardian(stored: dict[str, Any]) -> Guardian:
    return Guardian(
        **{
            **stored,
            "guardian_id": UUID(stored["guardian_id"]),
            "address": tuple(stored["address"]),
        }
    )


async def record_child(connection: AsyncConnection, child: Child, version: int) -> None:
    """An older snapshot changes nothing."""
    row = {**asdict(child), "version": version}
    statement = upsert(children).values(row)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[children.c.child_id],
            set_={name: statement.excluded[name] for name in row if name != "child_id"},
            where=children.c.version < statement.excluded.version,
        )
    )


async def children_of(connection: AsyncConnection, family_ids: Sequence[UUID]) -> list[Child]:
    """The children of these families, eldest first."""
    chosen = (
        select(*(children.c[field.name] for field in fields(Child)))
        .where(children.c.family_id.in_(family_ids))
        .order_by(children.c.born_on, children.c.child_id)
    )
    return [Child(*row) for row in await connection.execute(chosen)]


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


async def note_merge(connection: AsyncConnection, old: UUID, kept: UUID) -> None:
    """The children and the days still to come are of the family that is kept."""
    statement = upsert(family_merges).values(absorbed_id=old, family_id=kept)
    await connection.execute(statement.on_conflict_do_nothing())
    await connection.execute(
        update(family_merges).where(family_merges.c.family_id == old).values(family_id=kept)
    )
    for table in (children, booking_facts, absence_facts, attendance_facts):
        await connection.execute(
            update(table).where(table.c.family_id == old).values(family_id=kept)
        )


async def kept_file(connection: AsyncConnection, family_id: UUID) -> UUID:
    """The file that the family's days are billed to now."""
    chosen = select(family_merges.c.family_id).where(family_merges.c.absorbed_id == family_id)
    return (await connection.execute(chosen)).scalar_one_or_none() or family_id


async def files_of(connection: AsyncConnection, family_id: UUID) -> list[UUID]:
    """The family's own file, and those that it absorbed: their invoices are its own."""
    chosen = select(family_merges.c.absorbed_id).where(family_merges.c.family_id == family_id)
    return [family_id, *(await connection.execute(chosen)).scalars()]


async def forget(connection: AsyncConnection, family_id: UUID, at: datetime) -> None:
    """All that names the family; its row stays, so that nothing late brings the names back."""
    blank = {
        "name": "",
        "reference": "",
        "guardians": [],
        "payers": [],
        "resident": True,
        "version": 0,
        "erased_at": at,
    }
    statement = upsert(families).values(family_id=family_id, **blank)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[families.c.family_id], set_=blank)
    )
    for table in (quotient_periods, children):
        await connection.execute(delete(table).where(table.c.family_id == family_id))


async def is_forgotten(connection: AsyncConnection, family_id: UUID) -> bool:
    chosen = select(families.c.erased_at).where(families.c.family_id == family_id)
    return (await connection.execute(chosen)).scalar_one_or_none() is not None


async def note_asked(connection: AsyncConnection, family_id: UUID, at: datetime) -> None:
    await connection.execute(
        update(families).where(families.c.family_id == family_id).values(asked_at=at)
    )
