"""What is of no use any more goes: attempts and sessions of the day before, which say where people
were, and spellings of names that nobody bears."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from accounts.domain.session import ABSOLUTE
from accounts.store.search import forget_spellings
from accounts.store.tables import sessions, sign_in_attempts
from chassis.database import Transaction

KEEP = timedelta(days=1)


async def forget_the_past(transaction: Transaction, now: datetime) -> None:
    """Sessions go by their age, whether or not they were ended: none lives that long."""
    attempts_before, sessions_before = now - KEEP, now - KEEP - ABSOLUTE
    await transaction.connection.execute(
        delete(sign_in_attempts).where(sign_in_attempts.c.at < attempts_before)
    )
    await transaction.connection.execute(
        delete(sessions).where(sessions.c.opened_at < sessions_before)
    )
    await forget_spellings(transaction.connection)
