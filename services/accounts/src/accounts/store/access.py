"""Reading accesses, sessions and attempts to sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.access import Door, Holder, Role

from .tables import (
    credentials,
    families,
    guardians,
    second_factors,
    sessions,
    sign_in_attempts,
    staff_members,
)

MOST_ATTEMPTS = 200
"""More failures than this change no wait."""


@dataclass(frozen=True)
class Access:
    """One access: its secret's hash and who holds it."""

    identifier: str
    password_hash: str | None
    """None while it waits for its activation."""
    holder: Holder


@dataclass(frozen=True)
class OpenSession:
    """A session that was not ended; it may be too old."""

    session_id: UUID
    opened_at: datetime
    last_used_at: datetime
    holder: Holder


_holder_columns = (
    credentials.c.account_id,
    credentials.c.family_id,
    credentials.c.guardian_id,
    credentials.c.staff_id,
    credentials.c.disabled_at,
    families.c.name.label("family_display_name"),
    guardians.c.given_name,
    guardians.c.family_name,
    staff_members.c.name.label("staff_name"),
    staff_members.c.roles,
    staff_members.c.active,
    second_factors.c.confirmed_at,
)
_with_holder = (
    credentials.outerjoin(families, families.c.family_id == credentials.c.family_id)
    .outerjoin(guardians, guardians.c.guardian_id == credentials.c.guardian_id)
    .outerjoin(staff_members, staff_members.c.staff_id == credentials.c.staff_id)
    .outerjoin(second_factors, second_factors.c.account_id == credentials.c.account_id)
)


async def access_by_identifier(
    connection: AsyncConnection, identifier: str, *, lock: bool = False
) -> Access | None:
    """The access with that normalised identifier."""
    return await _access(connection, credentials.c.identifier == identifier, lock)


async def access_by_account(
    connection: AsyncConnection, account_id: UUID, *, lock: bool = False
) -> Access | None:
    return await _access(connection, credentials.c.account_id == account_id, lock)


async def _access(
    connection: AsyncConnection, condition: ColumnElement[bool], lock: bool
) -> Access | None:
    query: Select[Any] = (
        select(credentials.c.identifier, credentials.c.password_hash, *_holder_columns)
        .select_from(_with_holder)
        .where(condition)
    )
    if lock:
        query = query.with_for_update(of=credentials)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Access(row.identifier, row.password_hash, _holder(row))


async def lock_open_session(
    connection: AsyncConnection, secret_digest: bytes, *, awaits_code: bool = False
) -> OpenSession | None:
    """The session with that secret unless it was ended, held until the end of the transaction.

    One that awaits a code is another kind of session: it is found only when asked for.
    """
    query = (
        select(
            sessions.c.session_id, sessions.c.opened_at, sessions.c.last_used_at, *_holder_columns
        )
        .select_from(sessions.join(_with_holder, sessions.c.account_id == credentials.c.account_id))
        .where(
            sessions.c.secret_digest == secret_digest,
            sessions.c.ended_at.is_(None),
            sessions.c.awaits_code_since.is_not(None)
            if awaits_code
            else sessions.c.awaits_code_since.is_(None),
        )
        .with_for_update(of=sessions)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    return OpenSession(row.session_id, row.opened_at, row.last_used_at, _holder(row))


def _holder(row: Any) -> Holder:
    is_family = row.family_id is not None
    return Holder(
        account_id=row.account_id,
        door=Door.FAMILY if is_family else Door.STAFF,
        name=_name(row),
        family_id=row.family_id,
        staff_id=row.staff_id,
        roles=frozenset() if is_family else frozenset(Role(role) for role in row.roles),
        active=row.disabled_at is None and (is_family or row.active),
        guardian_id=row.guardian_id,
        has_second_factor=row.confirmed_at is not None,
    )


def _name(row: Any) -> str:
    if row.guardian_id is not None:
        return f"{row.given_name} {row.family_name}"
    name: str = row.staff_name if row.family_id is None else row.family_display_name
    return name


async def failures_of_account(
    connection: AsyncConnection, account_key: bytes, since: datetime
) -> Sequence[datetime]:
    """Instants of the attempts that failed, or are under way, after the last one that succeeded."""
    attempts = sign_in_attempts.c
    query = (
        select(attempts.at, attempts.succeeded)
        .where(attempts.account_key == account_key, attempts.at > since)
        .order_by(attempts.attempt_id.desc())
        .limit(MOST_ATTEMPTS)
    )
    failures = []
    for row in await connection.execute(query):
        if row.succeeded:
            break
        failures.append(row.at)
    return failures


async def failures_of_address(
    connection: AsyncConnection, address_key: str | None, since: datetime
) -> Sequence[datetime]:
    """The same for a place; a success there forgives nothing, it may be the attacker's own."""
    if address_key is None:
        return ()
    attempts = sign_in_attempts.c
    query = (
        select(attempts.at)
        .where(
            attempts.address_key == address_key, attempts.at > since, attempts.succeeded.is_(False)
        )
        .order_by(attempts.attempt_id.desc())
        .limit(MOST_ATTEMPTS)
    )
    return list((await connection.execute(query)).scalars())
