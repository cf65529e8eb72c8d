"""Databases, roles, vhost and broker users: what an operator creates once.

Services never have the right to do any of this. Every step can be done again:
what exists is left, rights and passwords are set anew.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlsplit, urlunsplit

import aiohttp
import asyncpg

from chassis.broker.topology import definitions
from portail.errors import OperatorError
from portail.secrets_file import CONTEXTS, Secrets
from portail.told_settings import told_partitions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
_HARMLESS = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class DatabaseAccess:
    """How one service reaches its database: at work, and when it migrates."""

    runtime_url: str
    owner_url: str
    created: bool


class Broker(Protocol):
    """Something that takes RabbitMQ definitions: a private server or a given one."""

    async def import_definitions(self, definitions: dict[str, Any]) -> None:
        """Create what is missing."""
        ...

    async def delete_vhost(self, name: str) -> None:
        """Delete a vhost with all that is in it."""
        ...


def database_name(prefix: str, context: str) -> str:
    """The database of a context, which is also the name of its runtime role."""
    name = f"{prefix}{context}"
    if not _PLAIN.fullmatch(name):
        raise ValueError(f"not a plain lower-case name: {name}")
    return name


async def provision_databases(
    admin_url: str, prefix: str, secrets: Secrets
) -> dict[str, DatabaseAccess]:
    """One database, owner role and runtime role per context; addresses by context."""
    async with _connected(admin_url) as admin:
        created = [
            await _create(admin, database_name(prefix, context), context, secrets)
            for context in CONTEXTS
        ]
    accesses = {
        context: access_to(server_of(admin_url), prefix, context, secrets, created=new)
        for context, new in zip(CONTEXTS, created, strict=True)
    }
    await asyncio.gather(
        *(_open(admin_url, database_name(prefix, c), a) for c, a in accesses.items())
    )
    return accesses


async def close_maintenance_databases(admin_url: str) -> None:
    """On a server that is ours alone: PostgreSQL lets every role into these two."""
    async with _connected(admin_url) as admin:
        for name in ("postgres", "template1"):
            await admin.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')


async def drop_databases(admin_url: str, prefix: str) -> None:
    """Remove the databases and roles of `prefix` with all their data."""
    async with _connected(admin_url) as admin:
        for context in CONTEXTS:
            name = database_name(prefix, context)
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            for role in (name, f"{name}_owner"):
                await admin.execute(f'DROP ROLE IF EXISTS "{role}"')


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise OperatorError(
            f"Connexion impossible au serveur PostgreSQL {_shown(url)} : {error}. "
            "Vérifiez PORTAIL_POSTGRES_ADMIN_URL."
        ) from error
    try:
        yield connection
    finally:
        await connection.close()


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or ''}"


async def _create(admin: Any, name: str, context: str, secrets: Secrets) -> bool:
    """The two roles and the database; whether the database is new."""
    await _role(admin, f"{name}_owner", secrets.owner_passwords[context])
    await _role(admin, name, secrets.runtime_passwords[context])
    found = await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name)
    if found is None:
        # An administrator who is no superuser (a hosted server) may only give a
        # database to a role that it belongs to.
        if not await admin.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
            await admin.execute(f'GRANT "{name}_owner" TO CURRENT_USER')
        await admin.execute(f'CREATE DATABASE "{name}" OWNER "{name}_owner"')
    await admin.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    await admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO "{name}"')
    return found is None


async def _role(admin: Any, name: str, password: str) -> None:
    if not _HARMLESS.fullmatch(password):
        raise ValueError("a generated password is letters, digits, _ and - only")
    exists = await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name)
    verb = "ALTER" if exists else "CREATE"
    await admin.execute(
        f"{verb} ROLE \"{name}\" LOGIN NOCREATEDB NOCREATEROLE PASSWORD '{password}'"
    )


def server_of(url: str) -> str:
    """`host:port` of a database's address."""
    return url.rpartition("@")[2].partition("/")[0]


def access_to(
    server: str, prefix: str, context: str, secrets: Secrets, *, created: bool = False
) -> DatabaseAccess:
    """How a context reaches its database on the server `host:port`."""
    name = database_name(prefix, context)

    def url(role: str, password: str) -> str:
        return f"postgresql://{role}:{password}@{server}/{name}"

    return DatabaseAccess(
        runtime_url=url(name, secrets.runtime_passwords[context]),
        owner_url=url(f"{name}_owner", secrets.owner_passwords[context]),
        created=created,
    )


async def _open(admin_url: str, name: str, access: DatabaseAccess) -> None:
    """Extensions by the administrator; rights of the runtime role by the owner."""
    async with _connected(urlunsplit(urlsplit(admin_url)._replace(path=f"/{name}"))) as admin:
        for extension in EXTENSIONS:
            await admin.execute(f'CREATE EXTENSION IF NOT EXISTS "{extension}"')
    async with _connected(access.owner_url) as owner:
        for statement in rights_of(name):
            await owner.execute(statement)


def rights_of(role: str) -> Iterable[str]:
    rows, counters = "SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT"
    yield f'GRANT USAGE ON SCHEMA public TO "{role}"'
    # For what will come; what exists keeps the rights its migrations left it (some tables are
    # append-only, and a grant on all of them would give back what was taken away).
    yield f'ALTER DEFAULT PRIVILEGES GRANT {rows} ON TABLES TO "{role}"'
    yield f'ALTER DEFAULT PRIVILEGES GRANT {counters} ON SEQUENCES TO "{role}"'


async def provision_broker(broker: Broker, vhost: str, passwords: Mapping[str, str]) -> None:
    """The vhost with its topology, and one user per context with the rights it needs."""
    await broker.import_definitions(definitions(vhost, passwords, partitions=told_partitions()))


def broker_url(host: str, port: int, vhost: str, user: str, password: str) -> str:
    """An AMQP address; the vhost is percent-encoded as the scheme asks."""
    return f"amqp://{user}:{quote(password, safe='')}@{host}:{port}/{quote(vhost, safe='')}"


class GivenBroker:
    """A RabbitMQ server of the operator's, provisioned through its management address."""

    def __init__(self, amqp_url: str, management_url: str) -> None:
        amqp, management = urlsplit(amqp_url), urlsplit(management_url)
        self.host = amqp.hostname or "127.0.0.1"
        self.port = amqp.port or 5672
        self._login = aiohttp.BasicAuth(
            management.username or amqp.username or "guest",
            management.password or amqp.password or "guest",
        )
        host = management.netloc.rpartition("@")[2]
        self._api = urlunsplit(("http", host, management.path.rstrip("/"), "", ""))
        if management.scheme == "https":
            self._api = self._api.replace("http", "https", 1)

    async def import_definitions(self, definitions: dict[str, Any]) -> None:
        """Create what is missing, through the management API."""
        await self._call("POST", "/api/definitions", definitions)

    async def delete_vhost(self, name: str) -> None:
        """Delete a vhost with all that is in it; an unknown one is none the worse."""
        await self._call("DELETE", f"/api/vhosts/{quote(name, safe='')}", None, {404})

    async def _call(
        self, method: str, path: str, body: Any, accepted: frozenset[int] | set[int] = frozenset()
    ) -> None:
        try:
            async with (
                aiohttp.ClientSession(auth=self._login) as session,
                session.request(method, f"{self._api}{path}", json=body) as answer,
            ):
                if answer.status >= 400 and answer.status not in accepted:
                    raise OperatorError(
                        f"RabbitMQ a répondu {answer.status} à {method} {path} : "
                        f"{(await answer.text())[:300]} — vérifiez PORTAIL_RABBITMQ_MANAGEMENT_URL."
                    )
        except aiohttp.ClientError as error:
            raise OperatorError(
                f"Gestion de RabbitMQ injoignable ({self._api}) : {error}. "
                "Vérifiez PORTAIL_RABBITMQ_MANAGEMENT_URL."
            ) from error
