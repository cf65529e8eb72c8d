"""A partner comes for its events: the next of those that it is given, and where it then stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.broker.partners import Partner
from chassis.broker.topology import LOG_DAYS
from messaging.domain.cursors import Cursor, mark_of
from messaging.store import kept_events
from messaging.store.kept_events import Kept

SCAN = 2_000
"""Events looked at in one question; most partners are given a part of them."""

SCANS = 5
LARGEST_PAGE = 4 * 1024 * 1024
"""Bytes; at least one event is given."""


class CursorExpired(Exception):
    """Between it and what is kept, events were forgotten: reading on would skip them in silence."""

    def __init__(self) -> None:
        super().__init__(
            f"Ce curseur précède ce qui est gardé ({LOG_DAYS} jours) : des événements ont pu vous "
            "manquer. Reprenez sans « after » pour tout ce qui est gardé, ou avec "
            "« after=latest » pour ce qui vient."
        )
        self.extra: dict[str, Any] = {"restart": "/api/events", "kept_days": LOG_DAYS}


@dataclass(frozen=True)
class Page:
    """`more` says that the partner should come back at once."""

    bodies: Sequence[bytes]
    cursor: Cursor
    more: bool = False


@dataclass
class _Choice:
    """What of the events looked at goes on the page."""

    most: int
    numbers: list[int] = field(default_factory=list)
    size: int = 0

    def takes(self, event: Kept) -> bool:
        """False when the page is full without it."""
        if self.numbers and (
            len(self.numbers) == self.most or self.size + event.size > LARGEST_PAGE
        ):
            return False
        self.numbers.append(event.number)
        self.size += event.size
        return True


async def pull_events(
    connection: AsyncConnection, partner: Partner, after: Cursor | None, most: int
) -> Page:
    """After a cursor, or from the oldest that is kept. Raises CursorExpired."""
    start = after or Cursor((await kept_events.ends(connection)).forgotten)
    cursor, choice, more = start, _Choice(most), True
    for _ in range(SCANS):
        found = await kept_events.scan(connection, cursor.number, SCAN)
        cursor, is_full = _look_at(found, partner, choice, cursor)
        more = is_full or len(found) == SCAN
        if is_full or not more:
            break
    bodies = await kept_events.bodies(connection, choice.numbers)
    # Asked last: what is still kept now was so all the time.
    lacking = len(bodies) != len(choice.numbers)
    if lacking or (after is not None and not await _holds(connection, after)):
        raise CursorExpired
    return Page(bodies, cursor, more)


async def newest(connection: AsyncConnection) -> Cursor:
    """Behind everything that is kept now."""
    number = (await kept_events.ends(connection)).newest
    event_id = await kept_events.id_of(connection, number)
    return Cursor.behind(number, event_id) if event_id else Cursor(number)


def _look_at(
    found: Sequence[Kept], partner: Partner, choice: _Choice, cursor: Cursor
) -> tuple[Cursor, bool]:
    """How far the page reaches, and whether it is full."""
    for event in found:
        if event.is_for(partner) and not choice.takes(event):
            return cursor, True
        cursor = Cursor.behind(event.number, event.event_id)
    return cursor, False


async def _holds(connection: AsyncConnection, cursor: Cursor) -> bool:
    """Whether nothing was forgotten behind it, and it is a place in this very database."""
    event_id = await kept_events.id_of(connection, cursor.number)
    if event_id is not None:
        return mark_of(event_id) == cursor.mark
    return cursor.number == (await kept_events.ends(connection)).forgotten
