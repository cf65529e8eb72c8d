"""What a service's own role may do with its tables: a record that is added to is not rewritten.

The role of the owner migrates and makes rights; the role of the running service is left no more
than its code needs (decision 48).
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import MetaData, Table, text
from sqlalchemy.engine import Connection

_KEY = "added_to"
_ALL_CHANGES = "UPDATE, DELETE, TRUNCATE"
_NEWCOMERS = text(
    "SELECT c.relname, array_agg(DISTINCT r.rolname::text) AS roles"
    " FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee"
    " WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner"
    " AND c.relname = ANY(:tables) GROUP BY c.relname"
)


def added_to(*but: str, erased: bool = False) -> dict[str, Any]:
    """`Table(…, info=added_to(…))`: a record whose rows stay as they were written.

    `but` names the columns that a merge or an erasure still rewrites; `erased` says that the rows
    of an erased family go.
    """
    return {_KEY: (but, erased)}


def withheld(table: Table) -> tuple[set[str], bool] | None:
    """(the columns that may not be rewritten, whether rows may go); None for other tables."""
    if _KEY not in table.info:
        return None
    but, erased = table.info[_KEY]
    return {column.name for column in table.columns} - set(but), bool(erased)


def narrow(connection: Connection, metadata: MetaData) -> None:
    """By the owner, after each migration; done again it changes nothing."""
    records = [table for table in metadata.tables.values() if _KEY in table.info]
    names = ["alembic_version", *(table.name for table in records)]
    found = connection.execute(_NEWCOMERS, {"tables": names})
    roles = {row.relname: row.roles for row in found}
    for role in roles.get("alembic_version", ()):
        connection.execute(text(f'REVOKE INSERT, {_ALL_CHANGES} ON alembic_version FROM "{role}"'))
    for table in records:
        for role in roles.get(table.name, ()):
            for statement in _statements(table, role):
                connection.execute(text(statement))


def _statements(table: Table, role: str) -> Iterator[str]:
    but, erased = table.info[_KEY]
    yield f'REVOKE {_ALL_CHANGES} ON "{table.name}" FROM "{role}"'
    if erased:
        yield f'GRANT DELETE ON "{table.name}" TO "{role}"'
    if but:
        columns = ", ".join(f'"{name}"' for name in but)
        yield f'GRANT UPDATE ({columns}) ON "{table.name}" TO "{role}"'
