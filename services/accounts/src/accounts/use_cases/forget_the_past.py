"""What is of no use any more goes: where people were, and spellings of names that nobody bears.

Attempts on identifiers that nobody has, and everyone's full address, after a day; the log that
the owner of an access reads after six months (CNIL, deliberation 2021-122: six to twelve).
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from accounts.domain.preregistration import PREREGISTER
from accounts.domain.session import ABSOLUTE
from accounts.store.imports import forget_files
from accounts.store.newcomer_documents import drop_unsent
from accounts.store.search import forget_spellings
from accounts.store.tables import (
    access_links,
    change_items,
    changes,
    help_calls,
    public_sendings,
    sessions,
    sign_in_attempts,
)
from chassis.database import Transaction

KEEP = timedelta(days=1)
KEEP_LOG = timedelta(days=183)
KEEP_LINKS = timedelta(days=31)
KEEP_CALLS = timedelta(days=365)
KEEP_REFUSED = timedelta(days=365)


async def forget_the_past(transaction: Transaction, now: datetime) -> None:
    """Sessions go by their age, whether or not they were ended: none lives that long."""
    attempts, yesterday = sign_in_attempts.c, now - KEEP
    refused = select(changes.c.request_id).where(
        changes.c.kind == PREREGISTER,
        changes.c.state.in_(["refused", "withdrawn"]),
        changes.c.settled_at < now - KEEP_REFUSED,
    )
    for statement in (
        # Nobody's file: the families that were not registered.
        delete(change_items).where(change_items.c.request_id.in_(refused)),
        delete(changes).where(changes.c.request_id.in_(refused)),
        delete(sign_in_attempts).where(
            attempts.at < yesterday,
            or_(attempts.account_id.is_(None), attempts.at < now - KEEP_LOG),
        ),
        update(sign_in_attempts)
        .where(attempts.at < yesterday, attempts.address_key.is_not(None))
        .values(address_key=None),
        delete(sessions).where(sessions.c.opened_at < yesterday - ABSOLUTE),
        delete(access_links).where(access_links.c.expires_at < now - KEEP_LINKS),
        delete(public_sendings).where(public_sendings.c.at < yesterday),
        delete(help_calls).where(help_calls.c.received_at < now - KEEP_CALLS),
    ):
        await transaction.connection.execute(statement)
    await drop_unsent(transaction.connection, now)
    await forget_spellings(transaction.connection)
    await forget_files(transaction.connection, now)
