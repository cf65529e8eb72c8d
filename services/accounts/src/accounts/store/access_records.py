"""Reading accesses as staff and their owners look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import (
    access_actions,
    access_links,
    credentials,
    families,
    guardians,
    second_factors,
    sessions,
    sign_in_attempts,
    staff_members,
)

_ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
_PLAIN = "aaaaaaceeeeiiiinooooouuuuyy"

_everything = (
    credentials.outerjoin(families, families.c.family_id == credentials.c.family_id)
    .outerjoin(guardians, guardians.c.guardian_id == credentials.c.guardian_id)
    .outerjoin(staff_members, staff_members.c.staff_id == credentials.c.staff_id)
    .outerjoin(second_factors, second_factors.c.account_id == credentials.c.account_id)
)


@dataclass(frozen=True)
class AccessRecord:
    """One access without its secrets."""

    account_id: UUID
    identifier: str
    family_id: UUID | None
    family_name: str | None
    family_reference: str | None
    guardian_id: UUID | None
    guardian_name: str | None
    staff_id: UUID | None
    staff_name: str | None
    email: str | None
    created_at: datetime
    password_changed_at: datetime | None
    disabled_at: datetime | None
    has_second_factor: bool
    last_sign_in: datetime | None
    link_expires_at: datetime | None
    """Of a link that can still be used, read at `now`."""


@dataclass(frozen=True)
class SignInRecord:
    """One attempt with this access's identifier."""

    at: datetime
    succeeded: bool
    session_id: UUID | None
    browser: str | None
    place: str | None


@dataclass(frozen=True)
class ActionRecord:
    """What a member of staff did to an access."""

    at: datetime
    what: str
    by_name: str


def _last_sign_in() -> Any:
    attempts = sign_in_attempts.c
    return (
        select(func.max(attempts.at))
        .where(attempts.account_id == credentials.c.account_id, attempts.succeeded)
        .scalar_subquery()
        .label("last_sign_in")
    )


def _open_link(now: datetime) -> Any:
    links = access_links.c
    return (
        select(func.max(links.expires_at))
        .where(
            links.account_id == credentials.c.account_id,
            links.used_at.is_(None),
            links.revoked_at.is_(None),
            links.expires_at > now,
        )
        .scalar_subquery()
        .label("link_expires_at")
    )


def _records(now: datetime) -> Select[Any]:
    return select(
        credentials.c.account_id,
        credentials.c.identifier,
        credentials.c.family_id,
        families.c.name.label("family_name"),
        families.c.reference.label("family_reference"),
        credentials.c.guardian_id,
        guardians.c.given_name.concat(" ").concat(guardians.c.family_name).label("guardian_name"),
        credentials.c.staff_id,
        staff_members.c.name.label("staff_name"),
        credentials.c.email,
        credentials.c.created_at,
        credentials.c.password_changed_at,
        credentials.c.disabled_at,
        second_factors.c.confirmed_at.is_not(None).label("has_second_factor"),
        _last_sign_in(),
        _open_link(now),
    ).select_from(_everything)


async def _all(connection: AsyncConnection, query: Select[Any]) -> list[AccessRecord]:
    return [AccessRecord(**row._mapping) for row in await connection.execute(query)]


async def accesses_of_family(
    connection: AsyncConnection, family_id: UUID, now: datetime
) -> list[AccessRecord]:
    """The common access first, then the guardians'."""
    query = (
        _records(now)
        .where(credentials.c.family_id == family_id)
        .order_by(credentials.c.guardian_id.is_not(None), credentials.c.created_at)
    )
    return await _all(connection, query)


async def access_record(
    connection: AsyncConnection, account_id: UUID, now: datetime
) -> AccessRecord | None:
    found = await _all(connection, _records(now).where(credentials.c.account_id == account_id))
    return found[0] if found else None


async def access_of_staff(
    connection: AsyncConnection, staff_id: UUID, now: datetime
) -> AccessRecord | None:
    found = await _all(connection, _records(now).where(credentials.c.staff_id == staff_id))
    return found[0] if found else None


async def search_accesses(
    connection: AsyncConnection, words: str, now: datetime, *, offset: int, limit: int
) -> tuple[int, list[AccessRecord]]:
    """(how many, one page) of the families' accesses in which every word is found somewhere."""
    conditions = [credentials.c.family_id.is_not(None), *map(_found, words.split())]
    counted = select(func.count()).select_from(_everything).where(*conditions)
    query = (
        _records(now)
        .where(*conditions)
        .order_by(families.c.name, credentials.c.identifier)
        .offset(offset)
        .limit(limit)
    )
    total: int = (await connection.execute(counted)).scalar_one()
    return total, await _all(connection, query)


def _found(word: str) -> ColumnElement[bool]:
    """Whatever its case and accents; `%` and `_` are looked for as they are."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = func.translate(func.lower(f"%{escaped}%"), _ACCENTED, _PLAIN)
    places = (
        credentials.c.identifier,
        credentials.c.email,
        families.c.name,
        families.c.reference,
        guardians.c.given_name,
        guardians.c.family_name,
    )
    return or_(
        *(func.translate(func.lower(place), _ACCENTED, _PLAIN).like(pattern) for place in places)
    )


async def sign_ins_of(
    connection: AsyncConnection, account_id: UUID, *, offset: int, limit: int
) -> tuple[int, Sequence[SignInRecord]]:
    """(how many, one page) of the attempts on an access, the latest first."""
    attempts = sign_in_attempts.c
    counted = select(func.count()).where(attempts.account_id == account_id)
    query = (
        select(
            attempts.at, attempts.succeeded, attempts.session_id, attempts.browser, attempts.place
        )
        .where(attempts.account_id == account_id)
        .order_by(attempts.at.desc(), attempts.attempt_id.desc())
        .offset(offset)
        .limit(limit)
    )
    total: int = (await connection.execute(counted)).scalar_one()
    return total, [SignInRecord(**row._mapping) for row in await connection.execute(query)]


async def open_sessions(
    connection: AsyncConnection, account_id: UUID, *, opened_after: datetime, used_after: datetime
) -> int:
    """How many browsers are signed in."""
    query = select(func.count()).where(
        sessions.c.account_id == account_id,
        sessions.c.ended_at.is_(None),
        sessions.c.awaits_code_since.is_(None),
        sessions.c.opened_at > opened_after,
        sessions.c.last_used_at > used_after,
    )
    found: int = (await connection.execute(query)).scalar_one()
    return found


async def actions_on(connection: AsyncConnection, account_id: UUID) -> Sequence[ActionRecord]:
    """The latest fifty, the latest first."""
    actions = access_actions.c
    query = (
        select(actions.at, actions.what, actions.by_name)
        .where(actions.account_id == account_id)
        .order_by(actions.action_id.desc())
        .limit(50)
    )
    return [ActionRecord(**row._mapping) for row in await connection.execute(query)]
