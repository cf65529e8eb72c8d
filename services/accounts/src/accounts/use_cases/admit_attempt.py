"""Count an attempt to prove a password before it is checked, and refuse it when there were many.

It is counted first, so that a hundred attempts sent at once do not all find an empty record.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, text, update

from accounts.domain.throttling import NO_WAIT, PER_ACCOUNT, PER_ADDRESS, wait_before
from accounts.store.access import failures_of_account, failures_of_address
from accounts.store.tables import sign_in_attempts
from chassis.database import Transaction

_LOCK = text("SELECT pg_advisory_xact_lock(:class, hashtext(:key))")
_ACCOUNT_CLASS, _ADDRESS_CLASS = 0xACC1, 0xACC2


class TooManyAttempts(Exception):
    """Wait before trying again."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many attempts")
        self.wait = wait


@dataclass(frozen=True)
class Keys:
    """Under what an attempt is counted: the identifier's keyed digest, and the place."""

    account: bytes
    address: str | None


@dataclass(frozen=True)
class Traces:
    """What the owner of the access will read of the attempt; nothing when nobody owns it."""

    account_id: UUID | None = None
    browser: str | None = None
    place: str | None = None


NO_TRACES = Traces()


async def admit_attempt(
    transaction: Transaction, keys: Keys, now: datetime, traces: Traces = NO_TRACES
) -> int:
    """The attempt's number, counted as a failure until it succeeds; raises TooManyAttempts.

    A refused attempt is not counted: whoever keeps trying does not lengthen the owner's wait.
    """
    connection = transaction.connection
    # Always the account before the address, so that two attempts never wait for each other.
    await connection.execute(_LOCK, {"class": _ACCOUNT_CLASS, "key": keys.account.hex()})
    if keys.address is not None:
        await connection.execute(_LOCK, {"class": _ADDRESS_CLASS, "key": keys.address})
    wait = wait_before(
        await failures_of_account(connection, keys.account, now - PER_ACCOUNT.window),
        await failures_of_address(connection, keys.address, now - PER_ADDRESS.window),
        now,
    )
    if wait > NO_WAIT:
        raise TooManyAttempts(wait)
    row = {
        "account_key": keys.account,
        "address_key": keys.address,
        "at": now,
        "account_id": traces.account_id,
        "browser": traces.browser,
        "place": traces.place,
    }
    added = await connection.execute(
        insert(sign_in_attempts).values(row).returning(sign_in_attempts.c.attempt_id)
    )
    number: int = added.scalar_one()
    return number


async def note_success(
    transaction: Transaction, attempt_id: int, session_id: UUID | None = None
) -> None:
    """The attempt was the right person's: earlier failures of the account are forgiven."""
    await transaction.connection.execute(
        update(sign_in_attempts)
        .where(sign_in_attempts.c.attempt_id == attempt_id)
        .values(succeeded=True, session_id=session_id)
    )


async def note_first_half(transaction: Transaction, attempt_id: int, session_id: UUID) -> None:
    """The password was right and a code is awaited: still a failure until it comes."""
    await transaction.connection.execute(
        update(sign_in_attempts)
        .where(sign_in_attempts.c.attempt_id == attempt_id)
        .values(session_id=session_id)
    )


async def note_second_half(transaction: Transaction, session_id: UUID) -> None:
    """The code came: the attempt that opened the session succeeded after all."""
    await transaction.connection.execute(
        update(sign_in_attempts)
        .where(sign_in_attempts.c.session_id == session_id)
        .values(succeeded=True)
    )


async def forget_attempt(transaction: Transaction, attempt_id: int) -> None:
    """The attempt was never checked, because we were too busy: it is nobody's failure."""
    await transaction.connection.execute(
        delete(sign_in_attempts).where(sign_in_attempts.c.attempt_id == attempt_id)
    )
