"""Forms that anybody may send: how often from one place."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select, text

from accounts.domain.identifier import address_key
from accounts.domain.throttling import NO_WAIT
from accounts.store.tables import public_sendings
from chassis.database import Transaction

from .admit_attempt import TooManyAttempts

WINDOW = timedelta(hours=1)
MOST = 6
"""In an hour from one address; a town hall's counter has families one after another."""

_LOCK = text("SELECT pg_advisory_xact_lock(:class, hashtext(:key))")
_CLASS = 0xF0A7


async def admit_sending(
    transaction: Transaction, form: str, address: str, now: datetime, *, most: int = MOST
) -> None:
    """Count a sending of this form; raises TooManyAttempts. A refused one is not counted."""
    connection, key = transaction.connection, address_key(address)
    await connection.execute(_LOCK, {"class": _CLASS, "key": f"{form}:{key}"})
    sendings = public_sendings.c
    found = await connection.execute(
        select(sendings.at)
        .where(sendings.form == form, sendings.address_key == key, sendings.at > now - WINDOW)
        .order_by(sendings.at.desc())
        .limit(most)
    )
    recent = found.scalars().all()
    if len(recent) >= most:
        raise TooManyAttempts(max(recent[-1] + WINDOW - now, NO_WAIT))
    row = {"form": form, "address_key": key, "at": now}
    await connection.execute(insert(public_sendings).values(row))
