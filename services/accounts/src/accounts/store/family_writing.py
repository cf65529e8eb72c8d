"""Writing a file that changed: only the rows that say something else."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.child import Child
from accounts.domain.family import Family

from . import tables
from .family_rows import (
    authorisation_row,
    child_row,
    contact_row,
    family_row,
    guardian_row,
    quotient_row,
)

_PEOPLE: tuple[tuple[Table, str, str, Callable[[UUID, Any, int], dict[str, Any]]], ...] = (
    (tables.guardians, "guardian_id", "guardians", guardian_row),
    (tables.contacts, "contact_id", "contacts", contact_row),
    (tables.children, "child_id", "children", child_row),
)


async def write_family(connection: AsyncConnection, before: Family, after: Family) -> None:
    """From the one to the other; the family's row is locked. Authorisations are not written here.

    Only contacts ever leave a file this way.
    """
    row = family_row(after)
    if row != family_row(before):
        statement = update(tables.families).where(tables.families.c.family_id == after.family_id)
        await connection.execute(statement.values(row))
    for table, key, name, as_row in _PEOPLE:
        people = (getattr(before, name), getattr(after, name))
        await _write_people(connection, table, key, after.family_id, people, as_row)
    if before.quotients != after.quotients:
        await _write_quotients(connection, after)


async def _write_people(
    connection: AsyncConnection,
    table: Table,
    key: str,
    family_id: UUID,
    people: tuple[Sequence[Any], Sequence[Any]],
    as_row: Callable[[UUID, Any, int], dict[str, Any]],
) -> None:
    before, after = people
    known = {getattr(one, key): one for one in before}
    now = [getattr(one, key) for one in after]
    # A list that grew or shrank is numbered anew.
    same_list = list(known) == now
    if gone := set(known) - set(now):
        await connection.execute(delete(table).where(table.c[key].in_(gone)))
    for position, one in enumerate(after):
        row = as_row(family_id, one, position)
        if row[key] not in known:
            await connection.execute(insert(table).values(row))
        elif not same_list or known[row[key]] != one:
            changed = {name: value for name, value in row.items() if name != "position"}
            statement = update(table).where(table.c[key] == row[key])
            await connection.execute(statement.values(changed if same_list else row))


async def archive_guardian(connection: AsyncConnection, guardian_id: UUID, now: datetime) -> None:
    """No longer of the file; the family's row is locked."""
    guardians = tables.guardians
    statement = update(guardians).where(guardians.c.guardian_id == guardian_id)
    await connection.execute(statement.values(left_at=now))


async def archive_child(connection: AsyncConnection, child: Child, now: datetime) -> None:
    """The same of a child, in its version; what is proposed of it was decided before."""
    children = tables.children
    statement = update(children).where(children.c.child_id == child.child_id)
    await connection.execute(statement.values(left_at=now, version=child.version))


async def bring_child_back(
    connection: AsyncConnection, child_id: UUID, version: int, position: int
) -> None:
    children = tables.children
    statement = update(children).where(children.c.child_id == child_id)
    await connection.execute(statement.values(left_at=None, version=version, position=position))


async def write_answers(connection: AsyncConnection, before: Family, after: Family) -> None:
    """What is allowed for each child, where it changed; the family's row is locked."""
    for child in after.children:
        known = before.child(child.child_id)
        if child.authorisations != (known.authorisations if known else ()):
            await _write_answers(connection, child)


async def _write_answers(connection: AsyncConnection, child: Child) -> None:
    answers = tables.authorisations
    await connection.execute(delete(answers).where(answers.c.child_id == child.child_id))
    if child.authorisations:
        rows = [authorisation_row(child.child_id, one) for one in child.authorisations]
        await connection.execute(insert(answers), rows)


async def _write_quotients(connection: AsyncConnection, family: Family) -> None:
    quotients = tables.quotients
    await connection.execute(delete(quotients).where(quotients.c.family_id == family.family_id))
    if family.quotients:
        rows = [quotient_row(family.family_id, period) for period in family.quotients]
        await connection.execute(insert(quotients), rows)
