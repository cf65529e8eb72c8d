"""Documents that expire soon, or have: each family is reminded once at each threshold."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from accounts.domain.document import (
    HEALTH_KINDS,
    REMINDED_BEFORE,
    Document,
    threshold_reached,
)
from accounts.domain.sealed_change import document_label
from accounts.store.documents import expiring
from accounts.store.families import family_by_id, lock_family
from accounts.store.tables import document_reminders
from chassis.clock import local_date
from chassis.database import Database, Transaction
from portail_contracts.accounts import DocumentReminded

BATCH = 100
HEALTH_KIND = "health"
"""What other services may know of the kind of a document about a child's health."""


async def remind_documents(database: Database, now: datetime) -> int:
    """Record what is due and was not yet told; returns how many reminders that made."""
    today, after, made = local_date(now), None, 0
    while True:
        async with database.reading() as connection:
            until = today + timedelta(days=max(REMINDED_BEFORE))
            found = await expiring(connection, until, after, BATCH)
        for document in found:
            made += await _remind(database, document, today, now)
        if len(found) < BATCH:
            return made
        after = found[-1].document_id


async def _remind(database: Database, document: Document, today: date, now: datetime) -> int:
    if document.expires_on is None:
        return 0
    threshold = threshold_reached(document.expires_on, today)
    if threshold is None:
        return 0
    async with database.transaction() as transaction:
        # The family's row first: the outbox keeps the order of commits per family.
        await lock_family(transaction.connection, document.family_id)
        if not await _is_first(transaction, document.document_id, threshold, now):
            return 0
        await _tell(transaction, document, document.expires_on)
    return 1


async def _is_first(
    transaction: Transaction, document_id: UUID, threshold: int, now: datetime
) -> bool:
    """Whether nobody reminded of this threshold yet, nor of a more urgent one."""
    connection = transaction.connection
    reminders = document_reminders.c
    told = select(func.min(reminders.threshold)).where(reminders.document_id == document_id)
    lowest = (await connection.execute(told)).scalar_one()
    if lowest is not None and lowest <= threshold:
        return False
    row = {"document_id": document_id, "threshold": threshold, "reminded_at": now}
    await connection.execute(insert(document_reminders).values(row).on_conflict_do_nothing())
    return True


async def _tell(transaction: Transaction, document: Document, expires_on: date) -> None:
    connection = transaction.connection
    reminders = document_reminders.c
    count = select(func.count()).where(reminders.document_id == document.document_id)
    family = await family_by_id(connection, document.family_id)
    child = family.child(document.child_id) if family and document.child_id else None
    is_health = document.kind in HEALTH_KINDS
    transaction.record(
        DocumentReminded(
            version=(await connection.execute(count)).scalar_one(),
            family_id=document.family_id,
            document_id=document.document_id,
            kind=HEALTH_KIND if is_health else document.kind,
            label=document_label(document.kind),
            child_id=document.child_id,
            child_name=child.given_name if child else None,
            expires_on=expires_on,
        )
    )
