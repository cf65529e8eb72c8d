"""Many new families at once: a few statements for hundreds of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.family import Family
from accounts.domain.history import HistoryEntry

from . import tables
from .family_rows import child_row, family_row, guardian_row, quotient_row


async def insert_families(
    connection: AsyncConnection, families: Sequence[Family], now: datetime
) -> None:
    """Families without contacts or authorisations, as a table brings them."""
    for table, rows in (
        (tables.families, [_row(one, now) for one in families]),
        (
            tables.guardians,
            [
                guardian_row(one.family_id, guardian, position)
                for one in families
                for position, guardian in enumerate(one.guardians)
            ],
        ),
        (
            tables.children,
            [
                child_row(one.family_id, child, position)
                for one in families
                for position, child in enumerate(one.children)
            ],
        ),
        (
            tables.quotients,
            [quotient_row(one.family_id, period) for one in families for period in one.quotients],
        ),
    ):
        if rows:
            await connection.execute(insert(table), rows)


def _row(family: Family, now: datetime) -> dict[str, object]:
    digest = hashlib.sha256(repr(family).encode()).digest()
    return {**family_row(family), "creation_digest": digest, "created_at": now}


async def note_acts(connection: AsyncConnection, entries: Sequence[HistoryEntry]) -> None:
    rows = [
        {
            "entry_id": entry.entry_id,
            "family_id": entry.family_id,
            "at": entry.at,
            "act": str(entry.act),
            "actor_id": entry.actor.actor_id,
            "actor_name": entry.actor.name,
            "changes": [asdict(change) for change in entry.changes],
        }
        for entry in entries
    ]
    await connection.execute(insert(tables.file_history), rows)
