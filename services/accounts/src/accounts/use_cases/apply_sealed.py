"""Accepted health data, documents and photos take their place; what was let go is deleted.

Nothing is opened here: what was sealed for its place stays sealed.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.change import Change, ChangeItem, ChangeState
from accounts.domain.document import DocumentState
from accounts.domain.editing import Content
from accounts.domain.photo import PhotoState
from accounts.store.changes import find_change
from accounts.store.documents import settle
from accounts.store.health import drop_proposal, health_version, take_proposal
from accounts.store.photos import drop_photo, photo_by_id, show_photo
from chassis.database import Transaction

CHANGED = "Les données enregistrées ont changé depuis cette demande"


async def health_in_the_way(
    connection: AsyncConnection, change: Change, items: Sequence[ChangeItem], now: datetime
) -> dict[UUID, tuple[Content, str]]:
    """Another version than the family saw, unless staff were told of it and decided again."""
    if change.child_id is None:
        return {}
    version = await health_version(connection, change.child_id)
    return {
        item.item_id: (version, CHANGED)
        for item in items
        if version != (change.base_version if item.found is None else item.found)
    }


async def apply_health(
    transaction: Transaction, change: Change, items: Sequence[ChangeItem], now: datetime
) -> None:
    await take_proposal(transaction.connection, change.request_id, now)


async def let_health_go(transaction: Transaction, change: Change) -> None:
    await drop_proposal(transaction.connection, change.request_id)


async def apply_document(
    transaction: Transaction, change: Change, items: Sequence[ChangeItem], now: datetime
) -> None:
    await settle(transaction.connection, change.request_id, DocumentState.ACCEPTED)


async def let_document_go(transaction: Transaction, change: Change) -> None:
    """The family still reads that it was refused; the file itself is kept nowhere."""
    settled = await find_change(transaction.connection, change.request_id)
    refused = settled is not None and settled.state is ChangeState.REFUSED
    state = DocumentState.REFUSED if refused else DocumentState.WITHDRAWN
    await settle(transaction.connection, change.request_id, state)


async def apply_photo(
    transaction: Transaction, change: Change, items: Sequence[ChangeItem], now: datetime
) -> None:
    known = await photo_by_id(transaction.connection, change.request_id)
    if known is not None:
        await show_photo(transaction.connection, known.photo)


async def let_photo_go(transaction: Transaction, change: Change) -> None:
    known = await photo_by_id(transaction.connection, change.request_id)
    if known is not None and known.photo.state is PhotoState.PENDING:
        await drop_photo(transaction.connection, known.photo.child_id, PhotoState.PENDING)
