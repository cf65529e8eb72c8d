"""Wrap every key again with the current master key; may be stopped and run again at any time."""

from dataclasses import dataclass

from sqlalchemy import select, update

from accounts.sealing import MasterKeys, Sealed, wrapping_label
from accounts.store.data_keys import keys_by_master, keys_under_others, wrap_again
from accounts.store.tables import second_factors, signing_keys
from chassis.database import Database, Transaction

from .keep_second_factor import label

BATCH = 200


@dataclass(frozen=True)
class Rotated:
    """How many keys were wrapped again, and how many other master keys still wrap."""

    data_keys: int
    signing_keys: int
    left: dict[str, int]


async def rotate_master_key(database: Database, master_keys: MasterKeys) -> Rotated:
    """In short transactions, so that nobody waits; several runs at once share the work.

    Raises SealedWithAnotherKey or BrokenSeal; what was wrapped again before stays so.
    """
    async with database.transaction() as transaction:
        signing = await _signing_keys(transaction, master_keys)
        await _second_factors(transaction, master_keys)
    done = 0
    while wrapped := await _some_data_keys(database, master_keys):
        done += wrapped
    async with database.reading() as connection:
        left = await keys_by_master(connection)
    left.pop(master_keys.current.id, None)
    return Rotated(done, signing, left)


async def _some_data_keys(database: Database, master_keys: MasterKeys) -> int:
    async with database.transaction() as transaction:
        connection = transaction.connection
        found = await keys_under_others(connection, master_keys.current.id, BATCH)
        for key in found:
            again = master_keys.sealed_again(wrapping_label(key.owner_id), key.sealed)
            await wrap_again(connection, key.owner_id, again)
    return len(found)


async def _signing_keys(transaction: Transaction, master_keys: MasterKeys) -> int:
    """They are few: all at once."""
    connection = transaction.connection
    rows = await connection.execute(
        select(signing_keys)
        .where(signing_keys.c.master_key_id != master_keys.current.id)
        .with_for_update()
    )
    found = rows.all()
    for row in found:
        sealed = Sealed(row.master_key_id, row.sealed_private_key)
        again = master_keys.sealed_again(row.kid, sealed)
        await connection.execute(
            update(signing_keys)
            .where(signing_keys.c.kid == row.kid)
            .values(sealed_private_key=again.box, master_key_id=again.master_key_id)
        )
    return len(found)


async def _second_factors(transaction: Transaction, master_keys: MasterKeys) -> None:
    """One for each member of staff at most: all at once too."""
    connection = transaction.connection
    rows = await connection.execute(
        select(second_factors)
        .where(second_factors.c.master_key_id != master_keys.current.id)
        .with_for_update()
    )
    for row in rows.all():
        sealed = Sealed(row.master_key_id, row.sealed_secret)
        again = master_keys.sealed_again(label(row.account_id), sealed)
        await connection.execute(
            update(second_factors)
            .where(second_factors.c.account_id == row.account_id)
            .values(sealed_secret=again.box, master_key_id=again.master_key_id)
        )
