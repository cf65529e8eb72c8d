"""Someone signs out."""

from datetime import datetime

from sqlalchemy import update

from accounts.store.tables import sessions
from chassis.database import Transaction

from .sign_in import secret_digest


async def end_session(transaction: Transaction, secret: str, now: datetime) -> None:
    """The session opens nothing from now on; ending one that is over or unknown changes nothing."""
    await transaction.connection.execute(
        update(sessions)
        .where(sessions.c.secret_digest == secret_digest(secret), sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )
