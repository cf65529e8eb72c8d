"""A database put back as its migrations left it, in a tenth of the time that a new copy takes."""

from dataclasses import dataclass
from io import BytesIO
from typing import Self

import asyncpg

MOST_GROWTH = 8_000_000
"""Bytes. What a test filled above that is better copied anew."""

_NAMES = (
    "SELECT oid::regclass::text FROM pg_class"
    " WHERE relkind = $1 AND relnamespace = 'public'::regnamespace"
)
# Whatever changes the schema or a right writes a new version of one of these rows.
_SHAPE = " UNION ALL ".join(
    f"SELECT '{catalogue}', count(*), max(xmin::text::bigint), sum(xmin::text::bigint)::bigint"
    f" FROM {catalogue} WHERE {owner} >= 16384"
    for catalogue, owner in (
        ("pg_class", "oid"),
        ("pg_attribute", "attrelid"),
        ("pg_constraint", "oid"),
        ("pg_trigger", "oid"),
        ("pg_proc", "oid"),
    )
)
_SIZE = "SELECT pg_database_size(current_database())"
_END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True)
class Pristine:
    """What a template holds: the rows that its migrations wrote, and where sequences stand."""

    shape: list[tuple[object, ...]]
    size: int
    tables: list[str]
    rows: dict[str, bytes]
    sequences: dict[str, tuple[int, bool]]

    @classmethod
    async def of(cls, connection: asyncpg.Connection) -> Self:
        tables = [row[0] for row in await connection.fetch(_NAMES, b"r")]
        rows: dict[str, bytes] = {}
        for table in tables:
            if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table})"):
                written = BytesIO()
                await connection.copy_from_table(table, output=written, format="binary")
                rows[table] = written.getvalue()
        sequences = {}
        for (name,) in await connection.fetch(_NAMES, b"S"):
            stands = await connection.fetchrow(f"SELECT last_value, is_called FROM {name}")
            sequences[name] = (stands[0], stands[1])
        return cls(
            await _shape(connection),
            await connection.fetchval(_SIZE),
            tables,
            rows,
            sequences,
        )

    async def restored(self, connection: asyncpg.Connection) -> bool:
        """Whether the database is as it was; the connection is the administrator's.

        False when a test changed its schema or filled it: it must be made anew.
        """
        await connection.execute(_END_OTHERS)
        if await _shape(connection) != self.shape:
            return False
        # Past what watches over rows that nobody may delete or change.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(
            "; ".join(
                [f"DELETE FROM {table}" for table in self.tables]
                + [
                    f"SELECT setval('{name}', {last}, {called})"
                    for name, (last, called) in self.sequences.items()
                ]
            )
        )
        for table, rows in self.rows.items():
            await connection.copy_to_table(table, source=BytesIO(rows), format="binary")
        return await connection.fetchval(_SIZE) < self.size + MOST_GROWTH


async def _shape(connection: asyncpg.Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await connection.fetch(_SHAPE)]
