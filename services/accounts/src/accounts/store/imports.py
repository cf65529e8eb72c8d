"""Imports as they are kept: the file while it is needed, how far the work is, what is wrong."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_unless
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.history import Actor
from accounts.domain.importing import Mistake

from .tables import families, imports

KEPT = timedelta(days=1)
MOST_MISTAKES = 500
"""Kept and shown; beyond, the file is to be mended and sent again anyway."""

_KNOWN = [column for column in imports.c if column.name not in ("content", "digest")]
_ONE_AT_A_TIME = text("SELECT pg_try_advisory_xact_lock(:lock)")
_LOCK = 0x1417


@dataclass(frozen=True)
class ImportRecord:
    """`known`: families of the file that the registry had already; they are left as they are."""

    import_id: UUID
    state: str
    mode: str | None
    actor: Actor
    sent_at: datetime
    families: int
    done: int
    good: int
    known: int
    mistake_count: int
    mistakes: tuple[Mistake, ...]


async def add_import(
    connection: AsyncConnection,
    import_id: UUID,
    content: bytes,
    digest: bytes,
    actor: Actor,
    now: datetime,
) -> bytes | None:
    """The digest of what was sent before under that id, or None when it is new."""
    row = {
        "import_id": import_id,
        "state": "waiting",
        "content": content,
        "digest": digest,
        "by_id": actor.actor_id,
        "by_name": actor.name,
        "sent_at": now,
    }
    added = await connection.execute(
        insert_unless(imports).values(row).on_conflict_do_nothing().returning(imports.c.import_id)
    )
    if added.one_or_none() is not None:
        return None
    query = select(imports.c.digest).where(imports.c.import_id == import_id)
    return bytes((await connection.execute(query)).scalar_one())


async def import_by_id(
    connection: AsyncConnection, import_id: UUID, *, lock: bool = False
) -> ImportRecord | None:
    query = select(*_KNOWN).where(imports.c.import_id == import_id)
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else _record(row)


async def content_of(connection: AsyncConnection, import_id: UUID) -> bytes:
    query = select(imports.c.content).where(imports.c.import_id == import_id)
    return bytes((await connection.execute(query)).scalar_one())


async def is_alone(connection: AsyncConnection) -> bool:
    """Whether nobody else works on imports, until the end of this transaction."""
    return bool((await connection.execute(_ONE_AT_A_TIME, {"lock": _LOCK})).scalar_one())


async def next_import(connection: AsyncConnection) -> ImportRecord | None:
    query = (
        select(*_KNOWN)
        .where(imports.c.state.in_(("waiting", "applying")))
        .order_by(imports.c.sent_at)
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _record(row)


async def note(connection: AsyncConnection, import_id: UUID, **values: Any) -> None:
    """Write how far it is; `mistakes` as the domain has them."""
    if "mistakes" in values:
        shown: Sequence[Mistake] = values["mistakes"]
        values["mistake_count"] = len(shown)
        values["mistakes"] = [asdict(one) for one in shown[:MOST_MISTAKES]]
    statement = update(imports).where(imports.c.import_id == import_id)
    await connection.execute(statement.values(**values))


async def known_references(connection: AsyncConnection, asked: Sequence[str]) -> set[str]:
    query = select(families.c.reference).where(families.c.reference.in_(asked))
    return set((await connection.execute(query)).scalars())


async def forget_files(connection: AsyncConnection, now: datetime) -> None:
    """An import that nobody took is of no use a day later, and holds people's data."""
    await connection.execute(
        delete(imports).where(imports.c.sent_at < now - KEPT, imports.c.state != "applying")
    )


def _record(row: Any) -> ImportRecord:
    return ImportRecord(
        import_id=row.import_id,
        state=row.state,
        mode=row.mode,
        actor=Actor(row.by_id, row.by_name),
        sent_at=row.sent_at,
        families=row.families,
        done=row.done,
        good=row.good,
        known=row.known,
        mistake_count=row.mistake_count,
        mistakes=tuple(Mistake(**one) for one in row.mistakes),
    )
