"""The browser is still there: its session goes on, with a new token."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from accounts.domain.access import Holder, SessionOver
from accounts.domain.session import is_over
from accounts.store.access import lock_open_session
from accounts.store.tables import sessions
from chassis.database import Transaction

from .sign_in import secret_digest


async def refresh_session(
    transaction: Transaction, secret: str, now: datetime
) -> tuple[UUID, Holder]:
    """The session's id and its holder as known now; raises SessionOver."""
    found = await lock_open_session(transaction.connection, secret_digest(secret))
    if found is None or not found.holder.active:
        raise SessionOver
    if is_over(found.opened_at, found.last_used_at, now):
        raise SessionOver
    await transaction.connection.execute(
        update(sessions)
        .where(sessions.c.session_id == found.session_id)
        .values(last_used_at=max(now, found.last_used_at))
    )
    return found.session_id, found.holder
