"""Databases for tests: migrated once per service into a template, copied for each test."""

import asyncio
import itertools
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

PASSWORD = "only-for-tests"
PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ServiceDatabase:
    """Addresses of one test's database, as the service's settings want them."""

    runtime_url: str
    owner_url: str


class Databases:
    """Makes templates and copies them."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._templates: set[str] = set()
        self._numbers = itertools.count(1)
        self._made: list[str] = []

    async def fresh(self, context: str) -> ServiceDatabase:
        """A new database for this context, at its newest revision."""
        if context not in self._templates:
            await self._make_template(context)
            self._templates.add(context)
        name = f"{context}_{next(self._numbers)}"
        # Copied as files, not through the log: a third of the time without flushes to disk.
        await self._run(
            f'CREATE DATABASE "{name}" TEMPLATE "{context}_template" STRATEGY file_copy'
        )
        self._made.append(name)
        return self._addresses(context, name)

    async def empty(self, context: str) -> ServiceDatabase:
        """A new database with its roles and nothing in it: for migrations and the chassis."""
        name = f"{context}_{next(self._numbers)}_empty"
        await self._create(context, name)
        self._made.append(name)
        return self._addresses(context, name)

    async def drop_made(self) -> None:
        """End what is still connected to the databases made so far, and them; not the templates."""
        while self._made:
            await self._run(f'DROP DATABASE "{self._made.pop()}" WITH (FORCE)')

    async def _make_template(self, context: str) -> None:
        name = f"{context}_template"
        await self._create(context, name)
        migrations = PROJECT / f"services/{context}/src/{context}/store/migrations"
        url = self._addresses(context, name).owner_url
        # In a process of its own: Alembic's environment keeps state in modules.
        await asyncio.to_thread(
            subprocess.run,
            [
                sys.executable,
                "-c",
                "import sys, pathlib; from chassis.migrations import upgrade; "
                "upgrade(pathlib.Path(sys.argv[1]), sys.argv[2])",
                str(migrations),
                url,
            ],
            check=True,
        )

    async def _create(self, context: str, name: str) -> None:
        for role in (context, f"{context}_owner"):
            exists = await self._run(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'")
            if not exists:
                await self._run(f"CREATE ROLE \"{role}\" LOGIN PASSWORD '{PASSWORD}'")
        await self._run(f'CREATE DATABASE "{name}" OWNER "{context}_owner"')
        connection = await asyncpg.connect(self._named(name))
        await connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        for statement in (
            f'GRANT USAGE ON SCHEMA public TO "{context}"',
            f'GRANT CREATE ON SCHEMA public TO "{context}_owner"',
            f'ALTER DEFAULT PRIVILEGES FOR ROLE "{context}_owner" IN SCHEMA public '
            f'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{context}"',
            f'ALTER DEFAULT PRIVILEGES FOR ROLE "{context}_owner" IN SCHEMA public '
            f'GRANT USAGE ON SEQUENCES TO "{context}"',
        ):
            await connection.execute(statement)
        await connection.close()

    async def _run(self, statement: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self._admin_url)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    def _named(self, database: str) -> str:
        return urlunsplit(urlsplit(self._admin_url)._replace(path=f"/{database}"))

    def _addresses(self, context: str, database: str) -> ServiceDatabase:
        port = urlsplit(self._admin_url).port
        base = "postgresql+asyncpg://{}:{}@127.0.0.1:{}/{}"
        return ServiceDatabase(
            runtime_url=base.format(context, PASSWORD, port, database),
            owner_url=base.format(f"{context}_owner", PASSWORD, port, database),
        )
