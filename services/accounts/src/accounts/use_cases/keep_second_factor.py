"""A second factor is proposed, confirmed by its first code, asked for at sign-in, removed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from accounts import second_factor
from accounts.domain.access import Holder, SessionOver
from accounts.sealing import MasterKeys
from accounts.store.access import access_by_account, lock_open_session
from accounts.store.second_factors import (
    StoredFactor,
    lock_factor,
    propose_factor,
    remove_factor,
    replace_recovery_codes,
    take_recovery_code,
    take_step,
)
from accounts.store.tables import sessions
from chassis.clock import Clock
from chassis.database import Database, Transaction

from .admit_attempt import Keys, admit_attempt, note_second_half, note_success
from .sign_in import account_key, secret_digest

CODE_WITHIN = timedelta(minutes=10)
"""Between the password and the code."""


class WrongCode(Exception):
    """Wrong, too old, or used before."""


class HasSecondFactor(Exception):
    """It must be removed before another is proposed."""


@dataclass(frozen=True)
class Proposal:
    """Shown to the owner until they confirm it by a first code."""

    identifier: str
    secret: str = field(repr=False)


def label(account_id: UUID) -> str:
    """What the sealed secret is bound to."""
    return f"second-factor:{account_id}"


async def propose(
    transaction: Transaction, master_keys: MasterKeys, account_id: UUID, now: datetime
) -> Proposal:
    """A new secret each time, until one is confirmed. Raises HasSecondFactor or SessionOver."""
    access = await access_by_account(transaction.connection, account_id)
    if access is None:
        raise SessionOver
    secret = second_factor.new_secret()
    sealed = master_keys.current.seal(label(account_id), secret.encode())
    if not await propose_factor(transaction.connection, account_id, sealed, now):
        raise HasSecondFactor("Retirez d’abord celui qui est en place.")
    return Proposal(access.identifier, secret)


async def confirm(
    transaction: Transaction, master_keys: MasterKeys, account_id: UUID, code: str, now: datetime
) -> list[str]:
    """The recovery codes, shown once. Raises WrongCode or HasSecondFactor."""
    connection = transaction.connection
    factor = await lock_factor(connection, account_id)
    if factor is None:
        raise WrongCode
    if factor.confirmed_at is not None:
        raise HasSecondFactor("Il est déjà en place.")
    await _take(transaction, master_keys, factor, code, now)
    codes = second_factor.new_recovery_codes()
    digests = [second_factor.recovery_digest(str(account_id), one) for one in codes]
    await replace_recovery_codes(connection, account_id, digests)
    return codes


async def remove(
    database: Database, master_keys: MasterKeys, clock: Clock, account_id: UUID, code: str
) -> None:
    """By a code of its own, or one on paper. Raises WrongCode or TooManyAttempts."""
    attempt_id = await _admit(database, master_keys, clock, account_id, address=None)
    async with database.transaction() as transaction:
        await _prove(transaction, master_keys, account_id, code, clock.now())
        await remove_factor(transaction.connection, account_id)
        await note_success(transaction, attempt_id)


async def sign_in_with_code(
    database: Database,
    master_keys: MasterKeys,
    clock: Clock,
    secret: str,
    code: str,
    address: str,
) -> tuple[UUID, Holder]:
    """The session, now of use, and its holder. Raises SessionOver, WrongCode, TooManyAttempts.

    Wrong codes count with wrong passwords: whoever stole a password does not get to try them all.
    """
    digest = secret_digest(secret)
    async with database.transaction() as transaction:
        waiting = await lock_open_session(transaction.connection, digest, awaits_code=True)
    if waiting is None:
        raise SessionOver
    account_id = waiting.holder.account_id
    attempt_id = await _admit(database, master_keys, clock, account_id, address=address)
    async with database.transaction() as transaction:
        now = clock.now()
        found = await lock_open_session(transaction.connection, digest, awaits_code=True)
        if found is None or not found.holder.active or now - found.opened_at > CODE_WITHIN:
            raise SessionOver
        await _prove(transaction, master_keys, account_id, code, now)
        await transaction.connection.execute(
            update(sessions)
            .where(sessions.c.session_id == found.session_id)
            .values(awaits_code_since=None, last_used_at=now)
        )
        await note_second_half(transaction, found.session_id)
        await note_success(transaction, attempt_id)
    return found.session_id, found.holder


async def _admit(
    database: Database,
    master_keys: MasterKeys,
    clock: Clock,
    account_id: UUID,
    *,
    address: str | None,
) -> int:
    async with database.transaction() as transaction:
        access = await access_by_account(transaction.connection, account_id)
        if access is None:
            raise SessionOver
        keys = Keys(account_key(master_keys.current, access.identifier), address)
        return await admit_attempt(transaction, keys, clock.now())


async def _prove(
    transaction: Transaction, master_keys: MasterKeys, account_id: UUID, code: str, now: datetime
) -> None:
    factor = await lock_factor(transaction.connection, account_id)
    if factor is None or factor.confirmed_at is None:
        raise WrongCode
    typed = "".join(code.split())
    if len(typed) == second_factor.CODE_DIGITS:
        await _take(transaction, master_keys, factor, typed, now)
        return
    digest = second_factor.recovery_digest(str(account_id), typed)
    if not await take_recovery_code(transaction.connection, account_id, digest, now):
        raise WrongCode


async def _take(
    transaction: Transaction,
    master_keys: MasterKeys,
    factor: StoredFactor,
    code: str,
    now: datetime,
) -> None:
    secret = master_keys.open(label(factor.account_id), factor.sealed).decode()
    step = second_factor.step_of(secret, "".join(code.split()), now, factor.last_step)
    if step is None:
        raise WrongCode
    await take_step(transaction.connection, factor.account_id, step, now)
