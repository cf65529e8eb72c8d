"""Someone gives an identifier and a password at one of the two doors."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update

from accounts.domain.access import Door, Holder, SignInRefused
from accounts.domain.identifier import address_key, normalised
from accounts.domain.sight import browser_family, short_address
from accounts.hashing import Hasher, HashingBusy
from accounts.sealing import MasterKey
from accounts.store.access import Access, access_by_account, access_by_identifier
from accounts.store.tables import credentials, sessions
from chassis.clock import Clock
from chassis.database import Database, Transaction
from chassis.identifiers import new_id

from .admit_attempt import Keys, Traces, note_first_half, note_success
from .prove_password import prove_password

SECRET_BYTES = 32


@dataclass(frozen=True)
class Attempt:
    """What was typed, where, and from which address."""

    identifier: str
    password: str = field(repr=False)
    door: Door
    address: str
    user_agent: str | None = None


@dataclass(frozen=True)
class OpenedSession:
    """The secret exists here and in the browser's sealed cookie; we keep its digest only."""

    session_id: UUID
    secret: str = field(repr=False)
    holder: Holder
    awaits_code: bool
    """Whether the session is of no use until the second factor's code is given."""


def account_key(master_key: MasterKey, identifier: str) -> bytes:
    """Under what the attempts on one account are counted."""
    return master_key.digest("sign-in", identifier)


def secret_digest(secret: str) -> bytes:
    """A secret of 256 random bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


async def sign_in(
    database: Database, hasher: Hasher, master_key: MasterKey, clock: Clock, attempt: Attempt
) -> OpenedSession:
    """Raises SignInRefused, TooManyAttempts or HashingBusy.

    Takes the database rather than a transaction, because the password is hashed between two.
    """
    identifier = normalised(attempt.identifier)
    proof = await prove_password(
        database,
        hasher,
        clock,
        Keys(account_key(master_key, identifier), address_key(attempt.address)),
        lambda connection: access_by_identifier(connection, identifier),
        attempt.password,
        Traces(None, browser_family(attempt.user_agent), short_address(attempt.address)),
    )
    if proof.access is None or not proof.access.holder.may_enter(attempt.door):
        raise SignInRefused
    renewed = await _renewed_hash(hasher, proof.access, attempt.password)
    async with database.transaction() as transaction:
        await _still_the_same(transaction, proof.access)
        if renewed is not None:
            await _keep_hash(transaction, proof.access, renewed)
        opened = await _open(transaction, proof.access.holder, clock.now())
        if opened.awaits_code:
            await note_first_half(transaction, proof.attempt_id, opened.session_id)
        else:
            await note_success(transaction, proof.attempt_id, opened.session_id)
        return opened


async def _renewed_hash(hasher: Hasher, access: Access, password: str) -> str | None:
    """The hash with today's settings, if the stored one is older; another day when we are busy."""
    if access.password_hash is None or not hasher.is_outdated(access.password_hash):
        return None
    try:
        return await hasher.hash(password)
    except HashingBusy:
        return None


async def _still_the_same(transaction: Transaction, proved: Access) -> None:
    """The password may have been changed while the old one was being checked."""
    account_id = proved.holder.account_id
    now = await access_by_account(transaction.connection, account_id, lock=True)
    if now is None or now.password_hash != proved.password_hash or not now.holder.active:
        raise SignInRefused


async def _keep_hash(transaction: Transaction, access: Access, password_hash: str) -> None:
    await transaction.connection.execute(
        update(credentials)
        .where(credentials.c.account_id == access.holder.account_id)
        .values(password_hash=password_hash)
    )


async def _open(transaction: Transaction, holder: Holder, now: datetime) -> OpenedSession:
    opened = OpenedSession(
        new_id(), secrets.token_urlsafe(SECRET_BYTES), holder, holder.has_second_factor
    )
    row = {
        "session_id": opened.session_id,
        "secret_digest": secret_digest(opened.secret),
        "account_id": holder.account_id,
        "opened_at": now,
        "last_used_at": now,
        "awaits_code_since": now if opened.awaits_code else None,
    }
    await transaction.connection.execute(insert(sessions).values(row))
    return opened
