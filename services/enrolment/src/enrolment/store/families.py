"""What enrolment keeps of accounts' facts: families, children, members of staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.diary import Child

from .tables import children, families, staff_members


@dataclass(frozen=True)
class Family:
    """A family and the children in its file, eldest first."""

    family_id: UUID
    reference: str
    name: str
    children: tuple[Child, ...] = ()

    def child(self, child_id: UUID) -> Child | None:
        return next((child for child in self.children if child.child_id == child_id), None)


# Built once: asked with every page and every submission.
_FAMILY = (
    select(
        families.c.reference,
        families.c.name,
        children.c.child_id,
        children.c.given_name,
        children.c.family_name,
        children.c.born_on,
    )
    .outerjoin_from(
        families,
        children,
        (children.c.family_id == families.c.family_id) & children.c.left_on.is_(None),
    )
    .where(families.c.family_id == bindparam("family_id"))
    .order_by(children.c.born_on, children.c.given_name, children.c.child_id)
)
_LOCKED = _FAMILY.with_for_update(of=families)


async def find_family(connection: AsyncConnection, family_id: UUID) -> Family | None:
    """The family as far as its facts have arrived."""
    return await _family(connection, _FAMILY, family_id)


async def find_and_lock_family(connection: AsyncConnection, family_id: UUID) -> Family | None:
    """The same, in one question with `lock_family`."""
    return await _family(connection, _LOCKED, family_id)


async def _family(
    connection: AsyncConnection, statement: Select[Any], family_id: UUID
) -> Family | None:
    rows = (await connection.execute(statement, {"family_id": family_id})).all()
    if not rows:
        return None
    found = tuple(
        Child(row.child_id, family_id, row.given_name, row.family_name, row.born_on)
        for row in rows
        if row.child_id is not None
    )
    return Family(family_id, rows[0].reference, rows[0].name, found)


async def family_of_child(connection: AsyncConnection, child_id: UUID) -> UUID | None:
    statement = select(children.c.family_id).where(children.c.child_id == child_id)
    return (await connection.execute(statement)).scalar_one_or_none()


async def lock_family(connection: AsyncConnection, family_id: UUID) -> bool:
    """Wait until nobody else decides about this family; False when it is not known here.

    A family's requests, bookings and events are made one after the other: overlaps of a child's
    bookings are then seen before they are written, and events leave in the order of the facts.
    """
    statement = select(families.c.family_id).where(families.c.family_id == family_id)
    return (await connection.execute(statement.with_for_update())).first() is not None


async def try_lock_family(connection: AsyncConnection, family_id: UUID) -> bool:
    """As `lock_family`, but never waits: False when somebody else is deciding about it."""
    statement = select(families.c.family_id).where(families.c.family_id == family_id)
    return (
        await connection.execute(statement.with_for_update(skip_locked=True))
    ).first() is not None


async def keep_family(
    connection: AsyncConnection, family_id: UUID, version: int, reference: str, name: str
) -> None:
    """Keep the fact unless a newer one is already here."""
    await _keep(
        connection,
        families,
        {"family_id": family_id, "version": version, "reference": reference, "name": name},
    )


async def keep_child(
    connection: AsyncConnection, child: Child, version: int, left_on: date | None = None
) -> bool:
    """Keep the fact unless a newer one is already here: then False."""
    values = {
        "child_id": child.child_id,
        "family_id": child.family_id,
        "version": version,
        "given_name": child.given_name,
        "family_name": child.family_name,
        "born_on": child.born_on,
        "left_on": left_on,
    }
    return await _keep(connection, children, values)


async def keep_staff_member(
    connection: AsyncConnection,
    staff_id: UUID,
    version: int,
    name: str,
    roles: Sequence[str],
    active: bool,
) -> None:
    """Keep the fact unless a newer one is already here."""
    values = {
        "staff_id": staff_id,
        "version": version,
        "name": name,
        "roles": list(roles),
        "active": active,
    }
    await _keep(connection, staff_members, values)


async def _keep(connection: AsyncConnection, table: Table, values: dict[str, Any]) -> bool:
    (key,) = table.primary_key.columns
    statement = insert(table).values(values)
    kept = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[key],
            set_={name: statement.excluded[name] for name in values if name != key.name},
            where=table.c.version < statement.excluded.version,
        ).returning(key)
    )
    return kept.first() is not None
