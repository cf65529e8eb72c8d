"""Reading members of staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.access import Role

from .tables import credentials, second_factors, sign_in_attempts, staff_members


@dataclass(frozen=True)
class StaffRecord:
    """A member of staff and their access."""

    staff_id: UUID
    version: int
    name: str
    roles: tuple[Role, ...]
    active: bool
    created_at: datetime
    account_id: UUID
    identifier: str
    has_second_factor: bool
    last_sign_in: datetime | None


def _query() -> Select[Any]:
    attempts = sign_in_attempts.c
    last = (
        select(func.max(attempts.at))
        .where(attempts.account_id == credentials.c.account_id, attempts.succeeded)
        .scalar_subquery()
    )
    return select(
        staff_members.c.staff_id,
        staff_members.c.version,
        staff_members.c.name,
        staff_members.c.roles,
        staff_members.c.active,
        staff_members.c.created_at,
        credentials.c.account_id,
        credentials.c.identifier,
        second_factors.c.confirmed_at.is_not(None).label("has_second_factor"),
        last.label("last_sign_in"),
    ).select_from(
        staff_members.join(
            credentials, credentials.c.staff_id == staff_members.c.staff_id
        ).outerjoin(second_factors, second_factors.c.account_id == credentials.c.account_id)
    )


async def staff_page(
    connection: AsyncConnection, *, offset: int, limit: int
) -> tuple[int, Sequence[StaffRecord]]:
    """(how many, one page), those who work here first, by name."""
    counted = select(func.count()).select_from(staff_members)
    query = (
        _query()
        .order_by(staff_members.c.active.desc(), staff_members.c.name, staff_members.c.staff_id)
        .offset(offset)
        .limit(limit)
    )
    total: int = (await connection.execute(counted)).scalar_one()
    return total, [_record(row) for row in await connection.execute(query)]


async def staff_member(
    connection: AsyncConnection, staff_id: UUID, *, lock: bool = False
) -> StaffRecord | None:
    query = _query().where(staff_members.c.staff_id == staff_id)
    if lock:
        query = query.with_for_update(of=staff_members)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _record(row)


async def lock_admins(connection: AsyncConnection) -> frozenset[UUID]:
    """Who may administer now, held: two of them must not remove each other at once."""
    query = (
        select(staff_members.c.staff_id)
        .where(staff_members.c.active, staff_members.c.roles.contains([str(Role.ADMIN)]))
        .order_by(staff_members.c.staff_id)
        .with_for_update()
    )
    return frozenset((await connection.execute(query)).scalars())


def _record(row: Any) -> StaffRecord:
    values = dict(row._mapping)
    return StaffRecord(**{**values, "roles": tuple(Role(role) for role in row.roles)})
