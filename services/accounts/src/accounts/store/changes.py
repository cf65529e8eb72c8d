"""Proposed changes as they are kept: written once, then settled item by item."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_unless
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.change import OPEN, Change, ChangeItem, ChangeState, ItemState
from accounts.domain.editing import Content

from .tables import change_items, change_number, changes

PER_PAGE = 20


async def next_number(connection: AsyncConnection) -> int:
    return int((await connection.execute(select(change_number.next_value()))).scalar_one())


async def add_change(connection: AsyncConnection, change: Change, digest: bytes) -> bool:
    """False when another change has this identifier."""
    kept = changes.columns.keys()
    values = {name: value for name, value in vars(change).items() if name in kept}
    added = await connection.execute(
        insert_unless(changes)
        .values(**values, digest=digest)
        .on_conflict_do_nothing(index_elements=[changes.c.request_id])
        .returning(changes.c.request_id)
    )
    if added.one_or_none() is None:
        return False
    rows = [
        {**vars(item), "request_id": change.request_id, "position": position}
        for position, item in enumerate(change.items)
    ]
    await connection.execute(insert(change_items), rows)
    return True


async def find_change(
    connection: AsyncConnection, request_id: UUID, *, lock: bool = False
) -> Change | None:
    """The change with its items; `lock` keeps it from being settled twice at once."""
    statement = select(changes).where(changes.c.request_id == request_id)
    if lock:
        statement = statement.with_for_update()
    found = await _with_items(connection, statement)
    return found[0] if found else None


async def digest_of(connection: AsyncConnection, request_id: UUID) -> bytes | None:
    statement = select(changes.c.digest).where(changes.c.request_id == request_id)
    digest: bytes | None = (await connection.execute(statement)).scalar_one_or_none()
    return digest


async def family_of_change(connection: AsyncConnection, request_id: UUID) -> UUID | None:
    statement = select(changes.c.family_id).where(changes.c.request_id == request_id)
    family_id: UUID | None = (await connection.execute(statement)).scalar_one_or_none()
    return family_id


async def open_changes(connection: AsyncConnection, family_id: UUID) -> list[Change]:
    """What waits for an answer, oldest first."""
    return await _with_items(
        connection,
        select(changes)
        .where(changes.c.family_id == family_id, _is_open())
        .order_by(changes.c.submitted_at, changes.c.request_id),
    )


async def changes_of(
    connection: AsyncConnection, family_id: UUID, page: int
) -> tuple[list[Change], int]:
    """A page of everything the family proposed, newest first, and how many there are."""
    where = changes.c.family_id == family_id
    total = await connection.execute(select(func.count()).select_from(changes).where(where))
    found = await _with_items(
        connection,
        select(changes)
        .where(where)
        .order_by(changes.c.submitted_at.desc(), changes.c.request_id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE),
    )
    return found, int(total.scalar_one())


async def move_change(
    connection: AsyncConnection,
    change: Change,
    state: ChangeState,
    now: datetime,
    outcomes: Mapping[UUID, ItemState] | None = None,
) -> Change:
    """The change one version further, its items settled as `outcomes` says."""
    moved = replace(change, state=state, version=change.version + 1)
    settled_at = None if moved.is_open else now
    await connection.execute(
        update(changes)
        .where(changes.c.request_id == change.request_id)
        .values(state=str(state), version=moved.version, settled_at=settled_at)
    )
    by_state: dict[ItemState, list[UUID]] = defaultdict(list)
    for item_id, outcome in (outcomes or {}).items():
        by_state[outcome].append(item_id)
    for outcome, item_ids in by_state.items():
        await connection.execute(
            update(change_items)
            .where(change_items.c.item_id.in_(item_ids))
            .values(state=str(outcome))
        )
    return moved


async def note_found(
    connection: AsyncConnection, item_id: UUID, found: Content, words: str
) -> None:
    """What stood in the file instead of what the proposal had seen."""
    await connection.execute(
        update(change_items)
        .where(change_items.c.item_id == item_id)
        .values(found=found, found_words=words)
    )


def _is_open() -> ColumnElement[bool]:
    return changes.c.state.in_([str(state) for state in OPEN])


async def _with_items(connection: AsyncConnection, statement: Select[Any]) -> list[Change]:
    rows = (await connection.execute(statement)).all()
    items = await _items_of(connection, [row.request_id for row in rows]) if rows else {}
    return [_change(row, items.get(row.request_id, [])) for row in rows]


async def _items_of(
    connection: AsyncConnection, request_ids: Iterable[UUID]
) -> dict[UUID, list[ChangeItem]]:
    rows = await connection.execute(
        select(change_items)
        .where(change_items.c.request_id.in_(list(request_ids)))
        .order_by(change_items.c.request_id, change_items.c.position)
    )
    found: dict[UUID, list[ChangeItem]] = defaultdict(list)
    for row in rows:
        found[row.request_id].append(_item(row))
    return found


def _change(row: Any, items: list[ChangeItem]) -> Change:
    return Change(
        request_id=row.request_id,
        number=row.number,
        version=row.version,
        family_id=row.family_id,
        kind=row.kind,
        child_id=row.child_id,
        subject=row.subject,
        state=ChangeState(row.state),
        base_version=row.base_version,
        replaces=row.replaces,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by,
        guardian_id=row.guardian_id,
        channel=row.channel,
        items=tuple(items),
    )


def _item(row: Any) -> ChangeItem:
    return ChangeItem(
        item_id=row.item_id,
        path=row.path,
        label=row.label,
        old=row.old,
        new=row.new,
        old_words=row.old_words,
        new_words=row.new_words,
        state=ItemState(row.state),
        found=row.found,
        found_words=row.found_words,
    )
