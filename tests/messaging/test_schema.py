"""What the migrations make is what the queries believe in."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from messaging.store.tables import metadata


async def test_the_migrated_database_and_the_tables_agree(service_database):
    _, owner_url = await service_database("messaging")
    engine = create_async_engine(owner_url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()
    assert differences == []


def _differences(connection):
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))
