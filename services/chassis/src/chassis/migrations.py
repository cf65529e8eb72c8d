"""Alembic, the same way for every service: run by the owner role, one runner at a time."""

import asyncio
from functools import cache
from pathlib import Path

from alembic import command, context, op
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from .broker.schema import VERSION_1
from .database import Database
from .rights import narrow

MIGRATION_LOCK = 0x0B0D
TIMEOUTS = "SET lock_timeout = '10s'; SET statement_timeout = '1h'"
"""A migration that waits behind a long transaction would hold up everyone behind itself."""


def upgrade(migrations: Path, url: str) -> None:
    """Bring the database to the newest revision."""
    command.upgrade(_config(migrations, url), "head")


def _config(migrations: Path, url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["url"] = url
    return config


def run_environment(metadata: MetaData) -> None:
    """The body of every service's `env.py`."""
    asyncio.run(_run(context.config.attributes["url"], metadata))


async def _run(url: str, metadata: MetaData) -> None:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata)
        await connection.commit()
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    for setting in TIMEOUTS.split(";"):
        connection.execute(text(setting))
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    context.configure(connection=connection, target_metadata=metadata)
    context.run_migrations()
    narrow(connection, metadata)


def create_messaging_tables() -> None:
    """For a service's first revision: outbox, inbox and parked events."""
    for statement in VERSION_1:
        op.execute(statement)


@cache
def outgrown(migrations: Path) -> frozenset[str]:
    """Revisions of ours that are not our newest."""
    scripts = ScriptDirectory(str(migrations))
    heads = set(scripts.get_heads())
    return frozenset(one.revision for one in scripts.walk_revisions()) - heads


async def is_fit(database: Database, migrations: Path) -> bool:
    """Whether the database answers and has all that this release needs.

    A revision that we do not know is a later release's, which only added (decision 50): while it
    replaces us one by one, we go on.
    """
    try:
        async with database.reading() as connection:
            asked = await connection.execute(text("SELECT version_num FROM alembic_version"))
            found = asked.scalar_one_or_none()
    except Exception:  # any failure means the same to the caller: not ready
        return False
    return found is not None and found not in outgrown(migrations)
