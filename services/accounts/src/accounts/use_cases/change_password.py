"""Someone who is signed in chooses another password."""

from dataclasses import dataclass, field
from uuid import UUID

from accounts.domain.access import SessionOver, WrongPassword
from accounts.domain.credential import CredentialPolicy, check
from accounts.hashing import Hasher
from accounts.sealing import MasterKey
from accounts.store.access import access_by_account
from chassis.clock import Clock
from chassis.database import Database

from .admit_attempt import Keys, note_success
from .prove_password import prove_password
from .set_password import lock_holder, set_password
from .sign_in import account_key


@dataclass(frozen=True)
class PasswordChange:
    """Who changes from what to what, in which session (which goes on)."""

    account_id: UUID
    session_id: UUID | None
    current: str = field(repr=False)
    new: str = field(repr=False)


async def change_password(
    database: Database,
    hasher: Hasher,
    master_key: MasterKey,
    clock: Clock,
    policy: CredentialPolicy,
    change: PasswordChange,
) -> None:
    """Raises WeakPassword, WrongPassword, SessionOver, TooManyAttempts or HashingBusy.

    Guesses of the current password count with those made at the door: a borrowed session must
    not be a way around the waits.
    """
    check(change.new, policy)
    async with database.reading() as connection:
        access = await access_by_account(connection, change.account_id)
    if access is None:
        raise SessionOver
    proof = await prove_password(
        database,
        hasher,
        clock,
        Keys(account_key(master_key, access.identifier), None),
        lambda connection: access_by_account(connection, change.account_id),
        change.current,
    )
    if proof.access is None:
        raise WrongPassword
    new_hash = await hasher.hash(change.new)
    async with database.transaction() as transaction:
        await lock_holder(transaction, access.holder.family_id)
        locked = await access_by_account(transaction.connection, change.account_id, lock=True)
        if locked is None or locked.password_hash != proof.access.password_hash:
            raise WrongPassword
        await note_success(transaction, proof.attempt_id)
        await set_password(
            transaction,
            change.account_id,
            access.holder.family_id,
            new_hash,
            clock.now(),
            but_session=change.session_id,
        )
