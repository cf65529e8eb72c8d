"""What tests are given again is as new, or is not given again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from support.databases import Databases, ServiceDatabase

CONTEXT = "enrolment"


@asynccontextmanager
async def _owner(database: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.owner_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def _content(database: ServiceDatabase) -> dict[str, list[asyncpg.Record]]:
    async with _owner(database) as owner:
        names = await owner.fetch(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'S')"
            " AND relnamespace = 'public'::regnamespace"
        )
        return {name: await owner.fetch(f"SELECT * FROM {name}") for (name,) in names}


async def test_a_database_is_given_again_as_its_migrations_left_it(databases: Databases) -> None:
    first = await databases.fresh(CONTEXT)
    before = await _content(first)
    assert any(before.values()), "migrations write rows of their own"
    async with _owner(first) as owner:
        await owner.execute(
            "DELETE FROM refusal_reasons; UPDATE alembic_version SET version_num = 'other';"
            "INSERT INTO centres (centre_id, name) VALUES (gen_random_uuid(), 'Another')"
        )
        await owner.fetch("SELECT nextval(pg_get_serial_sequence('outbox', 'position'))")
        assert await _content(first) != before
        await databases.take_back()
    again = await databases.fresh(CONTEXT)
    assert again == first, "not a new copy"
    assert await _content(again) == before


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE outbox DROP COLUMN attempts",
        "ALTER TABLE outbox ALTER COLUMN attempts DROP NOT NULL",
        "REVOKE SELECT ON outbox FROM enrolment",
        "CREATE TABLE stray ()",
        "INSERT INTO centres SELECT gen_random_uuid(), n::text FROM generate_series(1, 90000) n",
    ],
)
async def test_a_database_that_cannot_be_put_back_is_not_given_again(
    databases: Databases, change: str
) -> None:
    first = await databases.fresh(CONTEXT)
    async with _owner(first) as owner:
        await owner.execute(change)
    await databases.take_back()
    assert await databases.fresh(CONTEXT) != first
