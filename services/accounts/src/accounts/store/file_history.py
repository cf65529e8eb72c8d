"""What was done to a file: written with the act, read with everything else that befell it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, Uuid, bindparam, column, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.history import HistoryEntry

from .tables import file_history


async def note_act(connection: AsyncConnection, entry: HistoryEntry) -> None:
    """In the transaction of the act itself."""
    await connection.execute(insert(file_history).values(_row(entry)))


def _row(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "entry_id": entry.entry_id,
        "family_id": entry.family_id,
        "at": entry.at,
        "act": str(entry.act),
        "actor_id": entry.actor.actor_id,
        "actor_name": entry.actor.name,
        "changes": [asdict(change) for change in entry.changes],
    }


_HAPPENED = """
    SELECT entry_id AS id, at, act AS what, actor_name AS who, changes AS details
        FROM file_history WHERE family_id = :family_id
    UNION ALL
    SELECT read_id, at, 'opened.' || act, reader_name, json_build_object('part', part,
            'purpose', purpose, 'reader_kind', reader_kind, 'child', k.given_name)::jsonb
        FROM file_reads r LEFT JOIN children k USING (child_id) WHERE r.family_id = :family_id
    UNION ALL
    SELECT account_id, created_at, 'access.issued', NULL,
            json_build_object('identifier', identifier)::jsonb
        FROM credentials c WHERE family_id = :family_id AND NOT EXISTS (
            SELECT FROM access_actions a
            WHERE a.account_id = c.account_id AND a.what = 'issued')
    UNION ALL
    SELECT c.account_id, a.at, 'access.' || a.what, a.by_name,
            json_build_object('identifier', c.identifier)::jsonb
        FROM access_actions a JOIN credentials c USING (account_id)
        WHERE c.family_id = :family_id
    UNION ALL
    SELECT request_id, coalesce(settled_at, submitted_at), 'change.' || state, submitted_by,
            json_build_object('number', number, 'subject', subject, 'kind', kind)::jsonb
        FROM changes WHERE family_id = :family_id
    """
_PAGE = (
    text(f"SELECT * FROM ({_HAPPENED}) h ORDER BY at DESC, id DESC OFFSET :offset LIMIT :limit")
    .bindparams(bindparam("family_id", type_=Uuid))
    .columns(
        column("id", Uuid),
        column("at", DateTime(timezone=True)),
        column("what"),
        column("who"),
        column("details", JSON),
    )
)
_TOTAL = text(f"SELECT count(*) FROM ({_HAPPENED}) h").bindparams(
    bindparam("family_id", type_=Uuid)
)


@dataclass(frozen=True)
class Happened:
    """One thing that befell a file: changed, opened, an access given."""

    id: UUID
    at: datetime
    what: str
    who: str | None
    details: Any


async def timeline(
    connection: AsyncConnection, family_id: UUID, *, offset: int, limit: int
) -> tuple[list[Happened], int]:
    """The newest first, and how many there are."""
    asked = {"family_id": family_id}
    total = (await connection.execute(_TOTAL, asked)).scalar_one()
    page = {**asked, "offset": offset, "limit": limit}
    rows = await connection.execute(_PAGE, page)
    return [Happened(row.id, row.at, row.what, row.who, row.details) for row in rows], total
