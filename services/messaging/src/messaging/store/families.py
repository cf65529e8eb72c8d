"""What messaging knows of families, and the order in which it writes about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.domain.threads import Reader

from .tables import erasures, families, readers, requests


@dataclass(frozen=True)
class Guardian:
    guardian_id: UUID
    name: str


@dataclass(frozen=True)
class Family:
    """A family as accounts last told of it."""

    family_id: UUID
    name: str
    reference: str
    guardians: tuple[Guardian, ...]


async def lock_family(connection: AsyncConnection, family_id: UUID) -> None:
    """One writer at a time per family, so that its counts are told in the order they were true.

    The same lock as the one under which live events are numbered.
    """
    key = func.hashtextextended(str(family_id), 0)
    await connection.execute(select(func.pg_advisory_xact_lock(key)))


async def know_family(connection: AsyncConnection, family: Family, version: int) -> None:
    """An older snapshot changes nothing."""
    known = insert(families).values(
        family_id=family.family_id,
        version=version,
        name=family.name,
        reference=family.reference,
        guardians=[{"guardian_id": str(g.guardian_id), "name": g.name} for g in family.guardians],
    )
    fresh = known.excluded
    await connection.execute(
        known.on_conflict_do_update(
            index_elements=[families.c.family_id],
            set_={
                "version": fresh.version,
                "name": fresh.name,
                "reference": fresh.reference,
                "guardians": fresh.guardians,
            },
            where=families.c.version < fresh.version,
        )
    )


async def find_family(connection: AsyncConnection, family_id: UUID) -> Family | None:
    """None until accounts has told of it."""
    row = (
        await connection.execute(select(families).where(families.c.family_id == family_id))
    ).one_or_none()
    if row is None:
        return None
    known = tuple(Guardian(UUID(one["guardian_id"]), one["name"]) for one in row.guardians)
    return Family(row.family_id, row.name, row.reference, known)


async def is_newer(
    connection: AsyncConnection, request_id: UUID, family_id: UUID, version: int
) -> bool:
    """Note a request's version; False when as new a fact about it was already heard."""
    statement = insert(requests).values(request_id=request_id, family_id=family_id, version=version)
    newer = statement.on_conflict_do_update(
        index_elements=[requests.c.request_id],
        set_={"version": statement.excluded.version},
        where=requests.c.version < statement.excluded.version,
    ).returning(requests.c.request_id)
    return (await connection.execute(newer)).scalar_one_or_none() is not None


async def welcome_reader(connection: AsyncConnection, reader: Reader, at: datetime) -> None:
    """Note a guardian's own access at its first visit."""
    row = {"reader_id": reader.reader_id, "family_id": reader.family_id, "since": at}
    await connection.execute(insert(readers).values(row).on_conflict_do_nothing())


async def readers_of(connection: AsyncConnection, family_id: UUID) -> Sequence[Reader]:
    """The shared access, and every own access that has come by."""
    own = await connection.execute(
        select(readers.c.reader_id)
        .where(readers.c.family_id == family_id)
        .order_by(readers.c.reader_id)
    )
    return [Reader(family_id), *(Reader(family_id, guardian_id) for (guardian_id,) in own)]


async def is_forgotten(connection: AsyncConnection, family_id: UUID) -> bool:
    """Whether the family was erased: late words about it must not bring it back."""
    erased = select(exists().where(erasures.c.family_id == family_id))
    return bool((await connection.execute(erased)).scalar_one())
