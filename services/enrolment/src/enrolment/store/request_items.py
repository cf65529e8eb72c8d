"""The items of requests whose content another service owns."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.request import LineOutcome

from .tables import request_items


@dataclass(frozen=True)
class RequestItem:
    """One thing that would change: its label, what became of it and, when refused, why."""

    item_id: UUID
    label: str
    outcome: LineOutcome = LineOutcome.REQUESTED
    reason: str | None = None


async def add_items(
    connection: AsyncConnection, request_id: UUID, items: Sequence[RequestItem]
) -> None:
    rows = [
        {
            "item_id": item.item_id,
            "request_id": request_id,
            "position": position,
            "label": item.label,
            "outcome": str(item.outcome),
        }
        for position, item in enumerate(items)
    ]
    if rows:
        await connection.execute(insert(request_items), rows)


async def items_of(
    connection: AsyncConnection, request_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[RequestItem, ...]]:
    """By request, in the order in which they were proposed."""
    rows = await connection.execute(
        select(request_items)
        .where(request_items.c.request_id.in_(request_ids))
        .order_by(request_items.c.request_id, request_items.c.position)
    )
    found: dict[UUID, tuple[RequestItem, ...]] = defaultdict(tuple)
    for row in rows:
        item = RequestItem(row.item_id, row.label, LineOutcome(row.outcome), row.reason)
        found[row.request_id] += (item,)
    return found


async def settle_items(
    connection: AsyncConnection,
    request_id: UUID,
    outcome: LineOutcome,
    reason: str | None = None,
    *,
    only: Collection[UUID] | None = None,
) -> None:
    """These items (None: all of them) have this outcome now."""
    where = request_items.c.request_id == request_id
    if only is not None:
        where &= request_items.c.item_id.in_(list(only))
    await connection.execute(
        update(request_items).where(where).values(outcome=str(outcome), reason=reason)
    )
