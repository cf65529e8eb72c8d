"""Databases for tests: migrated once per service into a template, copied, and used again."""

import asyncio
import itertools
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from support.pristine import Pristine

PASSWORD = "only-for-tests"
PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ServiceDatabase:
    """Addresses of one test's database, as the service's settings want them."""

    runtime_url: str
    owner_url: str


class Databases:
    """Makes templates and copies them; a copy is put back as it was and given to a later test."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._pristine: dict[str, Pristine] = {}
        self._numbers = itertools.count(1)
        self._free: dict[str, list[str]] = defaultdict(list)
        self._copies: list[tuple[str, str]] = []
        self._empty: list[str] = []

    async def fresh(self, context: str) -> ServiceDatabase:
        """A new database for this context, at its newest revision."""
        if context not in self._pristine:
            await self._make_template(context)
        free = self._free[context]
        name = free.pop() if free else await self._copy(context)
        self._copies.append((context, name))
        return self._addresses(context, name)

    async def _copy(self, context: str) -> str:
        name = f"{context}_{next(self._numbers)}"
        # As files, not through the log: a third of the time without flushes to disk.
        await self._run(
            f'CREATE DATABASE "{name}" TEMPLATE "{context}_template" STRATEGY file_copy'
        )
        return name

    async def empty(self, context: str) -> ServiceDatabase:
        """A new database with its roles and nothing in it: for migrations and the chassis."""
        name = f"{context}_{next(self._numbers)}_empty"
        await self._create(context, name)
        self._empty.append(name)
        return self._addresses(context, name)

    async def take_back(self) -> None:
        """End what is still connected to the databases given so far, and keep what can be kept."""
        while self._copies:
            context, name = self._copies.pop()
            connection = await asyncpg.connect(self._named(name))
            try:
                restored = await self._pristine[context].restored(connection)
            finally:
                await connection.close()
            if restored:
                self._free[context].append(name)
            else:
                await self._drop(name)
        while self._empty:
            await self._drop(self._empty.pop())

    async def _drop(self, name: str) -> None:
        await self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

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
        connection = await asyncpg.connect(self._named(name))
        self._pristine[context] = await Pristine.of(connection)
        await connection.close()

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
