"""What the migrations make is what the queries believe in."""

from collections.abc import Awaitable, Callable
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from billing.store.tables import metadata


async def test_the_migrated_database_and_the_tables_agree(
    service_database: Callable[[str], Awaitable[tuple[str, str]]],
) -> None:
    _, owner_url = await service_database("billing")
    engine = create_async_engine(owner_url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()
    assert differences == []


def _differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))
