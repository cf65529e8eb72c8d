"""A request changed: the family's open pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.database import Transaction
from messaging.store.families import is_newer
from messaging.store.live import add_live_event


@dataclass(frozen=True)
class RequestChange:
    """A request's new state: `pending`, `accepted`, `refused` or `withdrawn`."""

    request_id: UUID
    family_id: UUID
    version: int
    state: str
    child_ids: Sequence[UUID]
    days: Sequence[date]


async def note_request_change(
    transaction: Transaction, change: RequestChange, now: datetime
) -> None:
    """Once per change; one that is older than what pages were already told is not told."""
    connection = transaction.connection
    if not await is_newer(connection, change.request_id, change.family_id, change.version):
        return
    data = {
        "request_id": str(change.request_id),
        "child_ids": [str(child_id) for child_id in change.child_ids],
        "days": [day.isoformat() for day in change.days],
        "state": change.state,
    }
    await add_live_event(connection, change.family_id, "request", data, now)
