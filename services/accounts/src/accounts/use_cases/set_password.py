"""A password was chosen: the access has it, and everyone who was in by the old one is out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from accounts.store.families import lock_family
from accounts.store.tables import credentials, sessions
from chassis.database import Transaction
from portail_contracts.accounts import PasswordChanged

from .make_link import revoke_links


async def lock_holder(transaction: Transaction, family_id: UUID | None) -> None:
    """Before the access itself, since what will be told is told in the family's order."""
    if family_id is not None:
        await lock_family(transaction.connection, family_id)


async def set_password(
    transaction: Transaction,
    account_id: UUID,
    family_id: UUID | None,
    password_hash: str,
    now: datetime,
    *,
    but_session: UUID | None = None,
) -> None:
    """`but_session` goes on; after `lock_holder`. Links that were sent open nothing any more."""
    changed = await transaction.connection.execute(
        update(credentials)
        .where(credentials.c.account_id == account_id)
        .values(
            password_hash=password_hash,
            password_changed_at=now,
            password_version=credentials.c.password_version + 1,
        )
        .returning(credentials.c.password_version, credentials.c.guardian_id)
    )
    version, guardian_id = changed.one()
    await end_sessions(transaction, account_id, now, but=but_session)
    await revoke_links(transaction, account_id, now)
    if family_id is not None:
        transaction.record(
            PasswordChanged(
                version=version,
                family_id=family_id,
                account_id=account_id,
                guardian_id=guardian_id,
                changed_at=now,
            )
        )


async def give_first_password(
    transaction: Transaction, identifier: str, password_hash: str, now: datetime
) -> bool:
    """By whoever operates the system, to an access whose holder has chosen none; nobody is told."""
    given = await transaction.connection.execute(
        update(credentials)
        .where(credentials.c.identifier == identifier, credentials.c.password_hash.is_(None))
        .values(password_hash=password_hash, password_changed_at=now)
        .returning(credentials.c.account_id)
    )
    return given.one_or_none() is not None


async def end_sessions(
    transaction: Transaction, account_id: UUID, now: datetime, *, but: UUID | None = None
) -> int:
    """How many were ended."""
    ended = await transaction.connection.execute(
        update(sessions)
        .where(
            sessions.c.account_id == account_id,
            sessions.c.ended_at.is_(None),
            sessions.c.session_id.is_distinct_from(but),
        )
        .values(ended_at=now)
        .returning(sessions.c.session_id)
    )
    return len(ended.all())
