"""The team of the day looks at its roster: what is on each plate, and whom to watch over.

Only that there is a care plan and what the child must not touch; the plan itself is opened from
the child's own file. Each child's opening is noted first, once an hour for the same reader: a
roster is looked at all day, and its families should still find their way in the record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from accounts.domain.child import Diet
from accounts.domain.health import HealthRecord
from accounts.domain.reading import Act, Opening, Part, Purpose, Reader
from accounts.sealing import MasterKeys
from accounts.store.health import health_of
from accounts.store.reads import note_opening, opened_lately
from accounts.store.tables import children
from chassis.database import Transaction

SAME_LOOK: Final = timedelta(hours=1)


@dataclass(frozen=True)
class RosterNote:
    """What the team must know of one child at a glance."""

    child_id: UUID
    diet: Diet | None
    care_plan: bool
    allergies: tuple[str, ...]


async def read_roster(
    transaction: Transaction,
    master_keys: MasterKeys,
    reader: Reader,
    child_ids: Sequence[UUID],
    day: date,
    now: datetime,
) -> list[RosterNote]:
    """Children that are not known are left out. Raises SealedWithAnotherKey, BrokenSeal."""
    connection = transaction.connection
    table = children
    rows = await connection.execute(
        select(table.c.child_id, table.c.family_id, table.c.diet).where(
            table.c.child_id.in_(list(child_ids))
        )
    )
    known = list(rows)
    lately = await opened_lately(connection, reader.reader_id, Purpose.CARE, now - SAME_LOOK)
    for row in known:
        if row.child_id not in lately:
            opening = Opening(
                reader, Part.HEALTH, Act.READ, Purpose.CARE, row.family_id, row.child_id
            )
            await note_opening(connection, opening, now)
    notes = []
    for row in known:
        recorded = await health_of(connection, master_keys, row.child_id)
        diet = Diet(row.diet) if row.diet else None
        notes.append(_note(row.child_id, diet, recorded.record, day))
    return notes


def _note(child_id: UUID, diet: Diet | None, record: HealthRecord, day: date) -> RosterNote:
    plan = record.care_plan
    holds = plan is not None and (
        (plan.valid_from is None or plan.valid_from <= day)
        and (plan.valid_until is None or day <= plan.valid_until)
    )
    return RosterNote(child_id, diet, holds, tuple(one.substance for one in record.allergies))
