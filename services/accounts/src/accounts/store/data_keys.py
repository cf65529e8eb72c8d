"""The data keys: one for each child or family of whom something is sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.sealing import DataKey, MasterKeys, Sealed

from .tables import data_keys


@dataclass(frozen=True)
class WrappedKey:
    """A data key as it lies in the database."""

    owner_id: UUID
    sealed: Sealed


async def data_key_of(
    connection: AsyncConnection, master_keys: MasterKeys, owner_id: UUID
) -> DataKey | None:
    """The owner's key, if anything of theirs was ever sealed.

    Raises SealedWithAnotherKey or BrokenSeal.
    """
    query = select(data_keys).where(data_keys.c.owner_id == owner_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    return DataKey.unwrapped(master_keys, owner_id, Sealed(row.master_key_id, row.wrapped_key))


async def data_key_for(
    connection: AsyncConnection, master_keys: MasterKeys, owner_id: UUID, now: datetime
) -> DataKey:
    """The owner's key, made if there is none; of two made at once the first is kept."""
    known = await data_key_of(connection, master_keys, owner_id)
    if known is not None:
        return known
    sealed = DataKey.new().wrapped(master_keys.current, owner_id)
    row = {
        "owner_id": owner_id,
        "wrapped_key": sealed.box,
        "master_key_id": sealed.master_key_id,
        "made_at": now,
    }
    await connection.execute(insert(data_keys).values(row).on_conflict_do_nothing())
    kept = await data_key_of(connection, master_keys, owner_id)
    if kept is None:
        raise RuntimeError("no data key right after it was made")
    return kept


async def keys_under_others(
    connection: AsyncConnection, current_id: str, limit: int
) -> Sequence[WrappedKey]:
    """Some keys not yet wrapped by the current master key, held until the transaction ends."""
    query = (
        select(data_keys)
        .where(data_keys.c.master_key_id != current_id)
        .order_by(data_keys.c.owner_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await connection.execute(query)
    return [WrappedKey(r.owner_id, Sealed(r.master_key_id, r.wrapped_key)) for r in rows]


async def wrap_again(connection: AsyncConnection, owner_id: UUID, sealed: Sealed) -> None:
    await connection.execute(
        update(data_keys)
        .where(data_keys.c.owner_id == owner_id)
        .values(wrapped_key=sealed.box, master_key_id=sealed.master_key_id)
    )


async def keys_by_master(connection: AsyncConnection) -> dict[str, int]:
    """How many data keys each master key wraps."""
    query = select(data_keys.c.master_key_id, func.count()).group_by(data_keys.c.master_key_id)
    return {row[0]: row[1] for row in await connection.execute(query)}
