"""A service's database for PostgreSQL's own programs: dumped as it stood at one instant, put back.

As the owner of the database, with the service's own migration address: no administrator is needed.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import URL, make_url

from chassis.broker.topology import OPERATOR
from portail.telling import Refused, Unusable
from portail_contracts.catalogue import Context

_NOT_OURS = (" EXTENSION ", " SCHEMA ")
"""What an administrator made, and a restore leaves: extensions, the schema `public` itself."""


_AT_ONCE = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
_EMPTY = "DROP OWNED BY CURRENT_USER CASCADE"


@dataclass(frozen=True)
class Store:
    """Where one service's data lies, and the folder of PostgreSQL's programs (none: the PATH)."""

    context: Context
    url: URL
    programs: str | None = None

    @classmethod
    def of(cls, context: Context, settings: Mapping[str, str]) -> "Store":
        """Raises Unusable when the setting is missing."""
        name = f"{context.upper()}_MIGRATION_DATABASE_URL"
        if not settings.get(name):
            raise Unusable(f"le réglage {name} manque.")
        return cls(
            context, make_url(settings[name]), settings.get("PORTAIL_OPERATOR_POSTGRES_BIN") or None
        )

    @property
    def _environment(self) -> dict[str, str]:
        """For libpq: a password never stands on a command line."""
        known = {
            "PGHOST": self.url.host,
            "PGPORT": str(self.url.port or 5432),
            "PGUSER": self.url.username,
            "PGPASSWORD": self.url.password,
            "PGDATABASE": self.url.database,
            "PGSSLMODE": self.url.query.get("ssl") or self.url.query.get("sslmode"),
            "PGAPPNAME": f"portail.{OPERATOR}",
        }
        given = {name: str(value) for name, value in known.items() if value}
        return {**os.environ, **given}

    async def run(self, program: str, *arguments: str) -> bytes:
        """One of PostgreSQL's programs on this database; raises Refused with its last words."""
        command = str(Path(self.programs) / program) if self.programs else program
        try:
            child = await asyncio.create_subprocess_exec(
                command,
                *arguments,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError:
            raise Refused(
                f"« {command} » est introuvable : installez postgresql-client, ou donnez le "
                "dossier de ses programmes dans PORTAIL_OPERATOR_POSTGRES_BIN."
            ) from None
        out, err = await child.communicate()
        if child.returncode != 0:
            words = err.decode(errors="replace").strip().splitlines()[-3:]
            raise Refused(f"{self.context} : {program} a échoué : {' '.join(words)}")
        return out

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Any]:
        """A connection of the owner; raises Refused when the server does not let it in."""
        url = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            connection = await asyncpg.connect(url, timeout=10)
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            raise Refused(
                f"{self.context} : la base de données ne répond pas ({type(error).__name__})."
            ) from None
        try:
            yield connection
        finally:
            await connection.close()

    async def dump(self, file: Path, snapshot: str) -> None:
        """Everything of the database as the snapshot sees it, in the programs' own format."""
        options = ("--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={file}")
        await self.run("pg_dump", *options)

    async def put_back(self, file: Path) -> None:
        """Replace all that the owner made by what the dump holds, wholly or not at all."""
        listed = (await self.run("pg_restore", "--list", str(file))).decode()
        kept = [line for line in listed.splitlines() if not _is_not_ours(line)]
        contents = file.with_suffix(".list")
        contents.write_text("\n".join(kept) + "\n")
        script = file.with_suffix(".sql")
        try:
            chosen = ("--no-owner", f"--use-list={contents}", f"--file={script}")
            await self.run("pg_restore", *chosen, str(file))
            script.chmod(0o600)
            await self.run("psql", *_AT_ONCE, f"--command={_EMPTY}", f"--file={script}")
        finally:
            contents.unlink()
            script.unlink(missing_ok=True)

    async def revision(self) -> str | None:
        """Of the schema; None in an empty database."""
        async with self.connected() as connection:
            if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
                return None
            return str(await connection.fetchval("SELECT version_num FROM alembic_version"))

    async def is_in_use(self) -> bool:
        """Whether a process of the service is connected."""
        async with self.connected() as connection:
            others = await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename <> current_user"
            )
        return bool(others)


def _is_not_ours(line: str) -> bool:
    """Of a dump's list; rights on the schema are ours, the schema is not."""
    return " ACL " not in line and any(word in line for word in _NOT_OURS)


@asynccontextmanager
async def snapshots(stores: list[Store]) -> AsyncIterator[dict[Context, str]]:
    """Every database as it stands now: taken one right after another, held for the body."""
    async with _nested([store.connected() for store in stores]) as connections:
        found = {}
        for store, connection in zip(stores, connections, strict=True):
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            found[store.context] = await connection.fetchval("SELECT pg_export_snapshot()")
        yield found


@asynccontextmanager
async def _nested(entering: list[Any]) -> AsyncIterator[list[Any]]:
    if not entering:
        yield []
        return
    async with entering[0] as first, _nested(entering[1:]) as others:
        yield [first, *others]
