"""Writing what was accepted into a family's file, column by column."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.child import Authorisation, Child
from accounts.domain.contact import Contact
from accounts.domain.quotient import QuotientPeriod

from .family_rows import authorisation_row, child_row, contact_row, quotient_row
from .tables import authorisations, children, contacts, families, guardians, quotients

Columns = Mapping[str, Any]


async def set_family(connection: AsyncConnection, family_id: UUID, columns: Columns) -> None:
    statement = update(families).where(families.c.family_id == family_id)
    await connection.execute(statement.values(**columns))


async def set_guardian(connection: AsyncConnection, guardian_id: UUID, columns: Columns) -> None:
    statement = update(guardians).where(guardians.c.guardian_id == guardian_id)
    await connection.execute(statement.values(**columns))


async def set_child(connection: AsyncConnection, child_id: UUID, columns: Columns) -> None:
    statement = update(children).where(children.c.child_id == child_id)
    await connection.execute(statement.values(**columns))


async def touch_family(connection: AsyncConnection, family_id: UUID) -> None:
    """The family is one version further."""
    await set_family(connection, family_id, {"version": families.c.version + 1})


async def touch_child(connection: AsyncConnection, child_id: UUID) -> None:
    """The child is one version further."""
    await set_child(connection, child_id, {"version": children.c.version + 1})


async def touch_children(connection: AsyncConnection, family_id: UUID) -> None:
    """Every child of the family is one version further."""
    await connection.execute(
        update(children)
        .where(children.c.family_id == family_id)
        .values(version=children.c.version + 1)
    )


async def add_child(connection: AsyncConnection, family_id: UUID, child: Child) -> None:
    position = await _next_position(connection, children, family_id)
    await connection.execute(insert(children).values(child_row(family_id, child, position)))


async def keep_contact(connection: AsyncConnection, family_id: UUID, contact: Contact) -> None:
    """Add the contact, or write it anew."""
    position = await _next_position(connection, contacts, family_id)
    row = contact_row(family_id, contact, position)
    statement = insert_or(contacts).values(row)
    kept = ("contact_id", "family_id", "position")
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[contacts.c.contact_id],
            set_={name: statement.excluded[name] for name in row if name not in kept},
            where=contacts.c.family_id == family_id,
        )
    )


async def remove_contact(connection: AsyncConnection, family_id: UUID, contact_id: UUID) -> None:
    await connection.execute(
        delete(contacts).where(
            contacts.c.contact_id == contact_id, contacts.c.family_id == family_id
        )
    )


async def keep_authorisation(
    connection: AsyncConnection, child_id: UUID, authorisation: Authorisation
) -> None:
    statement = insert_or(authorisations).values(authorisation_row(child_id, authorisation))
    signed = ("granted", "signed_by", "signed_at", "from_age", "from_time")
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[authorisations.c.child_id, authorisations.c.kind],
            set_={name: statement.excluded[name] for name in signed},
        )
    )


async def write_quotients(
    connection: AsyncConnection, family_id: UUID, periods: Iterable[QuotientPeriod]
) -> None:
    """These periods are the family's history now."""
    await connection.execute(delete(quotients).where(quotients.c.family_id == family_id))
    rows = [quotient_row(family_id, period) for period in periods]
    await connection.execute(insert(quotients), rows)


async def _next_position(connection: AsyncConnection, table: Any, family_id: UUID) -> int:
    last = select(func.coalesce(func.max(table.c.position) + 1, 0))
    return int((await connection.execute(last.where(table.c.family_id == family_id))).scalar_one())
