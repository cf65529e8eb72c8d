"""Health records, each column sealed apart."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import delete, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.health import (
    Allergy,
    CarePlan,
    HealthRecord,
    MedicalNote,
    RecordedHealth,
    Treatment,
    Vaccination,
)
from accounts.sealing import DataKey, MasterKeys, Place

from .data_keys import data_key_for, data_key_of
from .tables import children, health_proposals, health_records

_COLUMNS: dict[str, TypeAdapter[Any]] = {
    "allergies": TypeAdapter(tuple[Allergy, ...]),
    "care_plan": TypeAdapter(CarePlan | None),
    "vaccinations": TypeAdapter(tuple[Vaccination, ...]),
    "treatments": TypeAdapter(tuple[Treatment, ...]),
    "notes": TypeAdapter(tuple[MedicalNote, ...]),
}


async def health_of(
    connection: AsyncConnection, master_keys: MasterKeys, child_id: UUID
) -> RecordedHealth:
    """What is recorded, opened; raises SealedWithAnotherKey or BrokenSeal."""
    query = select(health_records).where(health_records.c.child_id == child_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return RecordedHealth(0, HealthRecord())
    key = await data_key_of(connection, master_keys, child_id)
    if key is None:
        # Forgotten by the deletion of its key: what is left of it says nothing any more.
        return RecordedHealth(row.version, HealthRecord())
    return RecordedHealth(row.version, open_record(key, child_id, row._mapping))


async def health_version(connection: AsyncConnection, child_id: UUID) -> int:
    """The version recorded last, without opening anything; 0 when there is none."""
    query = select(health_records.c.version).where(health_records.c.child_id == child_id)
    return (await connection.execute(query)).scalar_one_or_none() or 0


async def put_health(
    connection: AsyncConnection,
    master_keys: MasterKeys,
    child_id: UUID,
    recorded: RecordedHealth,
    now: datetime,
) -> None:
    """Seal and keep; the child's row is held by the caller."""
    key = await data_key_for(connection, master_keys, child_id, now)
    row = {
        **sealed_columns(key, child_id, recorded.record),
        "version": recorded.version,
        "recorded_at": now,
    }
    statement = insert(health_records).values(child_id=child_id, **row)
    await connection.execute(statement.on_conflict_do_update(index_elements=["child_id"], set_=row))


def sealed_columns(key: DataKey, child_id: UUID, record: HealthRecord) -> dict[str, bytes]:
    return {
        column: key.seal(_place(column, child_id), adapter.dump_json(getattr(record, column)))
        for column, adapter in _COLUMNS.items()
    }


def open_record(key: DataKey, child_id: UUID, row: Any) -> HealthRecord:
    """Raises BrokenSeal."""
    opened = {
        column: adapter.validate_json(key.open(_place(column, child_id), row[column]))
        for column, adapter in _COLUMNS.items()
    }
    return HealthRecord(**opened)


async def keep_proposal(
    connection: AsyncConnection,
    key: DataKey,
    proposal_id: UUID,
    child_id: UUID,
    record: HealthRecord,
    now: datetime,
) -> None:
    """Kept beside the record until it is decided."""
    row = {"proposal_id": proposal_id, "child_id": child_id, "made_at": now}
    row |= sealed_columns(key, child_id, record)
    await connection.execute(insert(health_proposals).values(row))


async def proposal_of(
    connection: AsyncConnection, key: DataKey, proposal_id: UUID
) -> HealthRecord | None:
    """What is proposed, opened; None when it was decided. Raises BrokenSeal."""
    query = select(health_proposals).where(health_proposals.c.proposal_id == proposal_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else open_record(key, row.child_id, row._mapping)


async def take_proposal(connection: AsyncConnection, proposal_id: UUID, now: datetime) -> None:
    """What was proposed becomes the record, sealed as it is; then the proposal is gone."""
    proposal = health_proposals.c
    sealed = [proposal[name] for name in _COLUMNS]
    chosen = select(proposal.child_id, literal(1), literal(now), *sealed).where(
        proposal.proposal_id == proposal_id
    )
    names = ["child_id", "version", "recorded_at", *_COLUMNS]
    statement = insert(health_records).from_select(names, chosen)
    new = statement.excluded
    replaced = {name: new[name] for name in ("recorded_at", *_COLUMNS)}
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["child_id"],
            set_={**replaced, "version": health_records.c.version + 1},
        )
    )
    await drop_proposal(connection, proposal_id)


async def drop_proposal(connection: AsyncConnection, proposal_id: UUID) -> None:
    await connection.execute(
        delete(health_proposals).where(health_proposals.c.proposal_id == proposal_id)
    )


async def lock_child(connection: AsyncConnection, child_id: UUID) -> tuple[UUID, date] | None:
    """The child's family and birthday; the row is held until the end of the transaction."""
    query = select(children.c.family_id, children.c.born_on).where(children.c.child_id == child_id)
    row = (await connection.execute(query.with_for_update())).one_or_none()
    return None if row is None else (row.family_id, row.born_on)


def _place(column: str, child_id: UUID) -> Place:
    return Place("health_records", column, child_id, child_id)
