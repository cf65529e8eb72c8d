"""Reading and changing second factors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.sealing import Sealed

from .tables import recovery_codes, second_factors


@dataclass(frozen=True)
class StoredFactor:
    """A second factor, its secret still sealed."""

    account_id: UUID
    sealed: Sealed = field(repr=False)
    confirmed_at: datetime | None
    last_step: int


async def lock_factor(connection: AsyncConnection, account_id: UUID) -> StoredFactor | None:
    """Held until the end of the transaction: a code is taken once."""
    query = (
        select(second_factors).where(second_factors.c.account_id == account_id).with_for_update()
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    sealed = Sealed(row.master_key_id, row.sealed_secret)
    return StoredFactor(row.account_id, sealed, row.confirmed_at, row.last_step)


async def propose_factor(
    connection: AsyncConnection, account_id: UUID, sealed: Sealed, now: datetime
) -> bool:
    """False when the access has a confirmed one already: it is not replaced by a proposal."""
    row = {
        "account_id": account_id,
        "sealed_secret": sealed.box,
        "master_key_id": sealed.master_key_id,
        "made_at": now,
    }
    statement = upsert(second_factors).values(row)
    done = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id"],
            set_={**row, "last_step": 0},
            where=second_factors.c.confirmed_at.is_(None),
        ).returning(second_factors.c.account_id)
    )
    return done.one_or_none() is not None


async def take_step(
    connection: AsyncConnection, account_id: UUID, step: int, confirmed_at: datetime
) -> None:
    """The code of this step was given; the first one confirms the factor."""
    await connection.execute(
        update(second_factors)
        .where(second_factors.c.account_id == account_id)
        .values(
            last_step=step,
            confirmed_at=func.coalesce(second_factors.c.confirmed_at, confirmed_at),
        )
    )


async def replace_recovery_codes(
    connection: AsyncConnection, account_id: UUID, digests: Sequence[bytes]
) -> None:
    await connection.execute(
        delete(recovery_codes).where(recovery_codes.c.account_id == account_id)
    )
    await connection.execute(
        insert(recovery_codes),
        [{"account_id": account_id, "code_digest": digest} for digest in digests],
    )


async def take_recovery_code(
    connection: AsyncConnection, account_id: UUID, digest: bytes, now: datetime
) -> bool:
    """Whether it was one of them, not yet used."""
    taken = await connection.execute(
        update(recovery_codes)
        .where(
            recovery_codes.c.account_id == account_id,
            recovery_codes.c.code_digest == digest,
            recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(recovery_codes.c.account_id)
    )
    return taken.one_or_none() is not None


async def remove_factor(connection: AsyncConnection, account_id: UUID) -> bool:
    """Whether there was one."""
    await connection.execute(
        delete(recovery_codes).where(recovery_codes.c.account_id == account_id)
    )
    removed = await connection.execute(
        delete(second_factors)
        .where(second_factors.c.account_id == account_id)
        .returning(second_factors.c.account_id)
    )
    return removed.one_or_none() is not None
