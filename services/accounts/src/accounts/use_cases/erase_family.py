"""A family is forgotten: here at once, elsewhere by events, but for what accounting law keeps."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from accounts.domain.family import Family, UnknownFamily
from accounts.domain.rights import Erasure, UnknownErasure
from accounts.store.erasures import erasure_by_id, erasure_of
from accounts.store.families import family_by_id, lock_family
from accounts.store.merging import absorbed_by
from accounts.store.tables import children, data_keys, erasure_answers, erasures, metadata
from chassis.database import Transaction
from chassis.family_rows import about_family
from chassis.identifiers import new_id
from portail_contracts.accounts import FamilyErased


async def ask_erasure(
    transaction: Transaction, family_id: UUID, name: str, now: datetime
) -> Erasure:
    """The family asks; an administrator carries it out. Asked twice is asked once.

    Raises UnknownFamily.
    """
    connection = transaction.connection
    if not await lock_family(connection, family_id):
        raise UnknownFamily
    known = await erasure_of(connection, family_id)
    if known is not None:
        return known
    family = await _family(transaction, family_id)
    asked = Erasure(new_id(), family_id, family.reference, now, name, None, None)
    await connection.execute(
        insert(erasures).values(
            erasure_id=asked.erasure_id,
            erased_family_id=family_id,
            reference=family.reference,
            asked_at=now,
            asked_by=name,
        )
    )
    return asked


async def withdraw_erasure(transaction: Transaction, family_id: UUID) -> None:
    """The family thought better of it; raises UnknownErasure once it was carried out."""
    gone = await transaction.connection.execute(
        delete(erasures)
        .where(erasures.c.erased_family_id == family_id, erasures.c.started_at.is_(None))
        .returning(erasures.c.erasure_id)
    )
    if gone.one_or_none() is None:
        raise UnknownErasure


async def erase_family(
    transaction: Transaction, family_id: UUID, name: str, now: datetime
) -> Erasure:
    """Forget the family and tell the others; done twice, it changes nothing more.

    Raises UnknownFamily.
    """
    connection = transaction.connection
    known = await erasure_of(connection, family_id)
    if known is not None and known.started_at is not None:
        return known
    asked = await ask_erasure(transaction, family_id, name, now)
    child_ids = await _children(transaction, family_id)
    # This one first: it holds what tells that the others were merged into it.
    family_ids = [family_id, *await absorbed_by(connection, family_id)]
    # The keys before all: what was sealed says nothing any more, even where a row were left.
    await connection.execute(
        delete(data_keys).where(data_keys.c.owner_id.in_([*family_ids, *child_ids]))
    )
    for one in family_ids:
        for table, condition in about_family(metadata, one):
            await connection.execute(delete(table).where(condition))
    await connection.execute(
        update(erasures)
        .where(erasures.c.erasure_id == asked.erasure_id)
        # The name of whoever asked is a name of the family.
        .values(started_at=now, started_by=name, asked_by="")
    )
    transaction.record(
        FamilyErased(
            version=1,
            family_id=family_id,
            erasure_id=asked.erasure_id,
            child_ids=tuple(child_ids),
            erased_at=now,
        )
    )
    done = await erasure_by_id(connection, asked.erasure_id)
    if done is None:
        raise UnknownErasure
    return done


async def note_answer(
    transaction: Transaction, erasure_id: UUID, service: str, kept: Sequence[str], now: datetime
) -> None:
    """A service has forgotten too; an answer to an erasure that is not ours changes nothing."""
    connection = transaction.connection
    if await erasure_by_id(connection, erasure_id) is None:
        return
    row = {
        "erasure_id": erasure_id,
        "service": service,
        "kept": list(kept),
        "answered_at": now,
    }
    await connection.execute(insert(erasure_answers).values(row).on_conflict_do_nothing())


async def _family(transaction: Transaction, family_id: UUID) -> Family:
    family = await family_by_id(transaction.connection, family_id)
    if family is None:
        raise UnknownFamily
    return family


async def _children(transaction: Transaction, family_id: UUID) -> list[UUID]:
    query = select(children.c.child_id).where(children.c.family_id == family_id)
    return list((await transaction.connection.execute(query)).scalars())
