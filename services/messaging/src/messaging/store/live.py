"""Live events: what open pages are told, kept for a day so that they can resume."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import live_events

KEEP = timedelta(days=1)

_AFTER = text(
    "SELECT e.id, e.family_id, e.kind, e.data, e.guardian_id"
    " FROM unnest(CAST(:families AS uuid[]), CAST(:after AS bigint[])) AS w(family_id, after),"
    " LATERAL (SELECT l.id, l.family_id, l.guardian_id, l.kind, l.data FROM live_events l"
    "          WHERE l.family_id = w.family_id AND l.id > w.after ORDER BY l.id LIMIT :most) e"
    " ORDER BY e.id"
)
_BEFORE = text(
    "SELECT w.family_id, coalesce((SELECT max(l.id) FROM live_events l"
    "   WHERE l.family_id = w.family_id AND l.at < :instant), 0) AS number"
    " FROM unnest(CAST(:families AS uuid[])) AS w(family_id)"
)
_NEWEST = text("SELECT coalesce(pg_sequence_last_value('live_events_id_seq'), 0)")


@dataclass(frozen=True)
class LiveEvent:
    """Something that open pages of a family must show."""

    id: int
    family_id: UUID
    kind: str
    data: Mapping[str, Any]
    guardian_id: UUID | None = None

    def is_for(self, guardian_id: UUID | None) -> bool:
        """Whether the pages of this access (None: the shared one) must hear it.

        Counts are each access's own; all else without a guardian is for every page.
        """
        if self.guardian_id is None and self.kind != "counts":
            return True
        return self.guardian_id == guardian_id

    @cached_property
    def frame(self) -> bytes:
        """As Server-sent events has it; JSON has no raw line break, so one `data` line will do."""
        data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.id}\nevent: {self.kind}\ndata: {data}\n\n".encode()


async def add_live_event(
    connection: AsyncConnection,
    family_id: UUID,
    kind: str,
    data: Mapping[str, Any],
    at: datetime,
    guardian_id: UUID | None = None,
) -> None:
    """Told to the family's open pages once this transaction commits (a trigger notifies)."""
    row = {
        "family_id": family_id,
        "guardian_id": guardian_id,
        "kind": kind,
        "data": data,
        "at": at,
    }
    # `inline`: nobody needs the number here, and the trigger gives it.
    await connection.execute(insert(live_events).inline().values(row))


async def events_after(
    connection: AsyncConnection, after: Mapping[UUID, int], most: int
) -> Sequence[LiveEvent]:
    """For each family at most `most` events after a number, in order."""
    values = {"families": list(after), "after": list(after.values()), "most": most}
    return [LiveEvent(*row) for row in await connection.execute(_AFTER, values)]


async def numbers_before(
    connection: AsyncConnection, families: Sequence[UUID], instant: datetime
) -> dict[UUID, int]:
    """For each family the number of its last event before an instant; 0 when there is none."""
    rows = await connection.execute(_BEFORE, {"families": list(families), "instant": instant})
    return {row.family_id: row.number for row in rows}


async def newest_number(connection: AsyncConnection) -> int:
    """No event has a higher number: a page that claims one remembers another database."""
    return int((await connection.execute(_NEWEST)).scalar_one())


async def prune(connection: AsyncConnection, now: datetime) -> None:
    """Forget events that no page will resume from any more."""
    await connection.execute(delete(live_events).where(live_events.c.at < now - KEEP))
