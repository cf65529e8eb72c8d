"""Each service's own credentials, tried on the running system against all that is not its own.

Generated from what stands there: a new table, queue or exchange is tried without being named here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import aio_pika
import asyncpg
import pytest
from aio_pika.exceptions import AMQPException, PublishError
from aiormq.exceptions import ChannelAccessRefused
from sqlalchemy import Table

from chassis.broker import topology
from chassis.rights import withheld
from portail.provisioning import broker_url
from portail_contracts.catalogue import Context
from support.house import House

RECORDS = {
    Context.ACCOUNTS: {"file_reads", "file_history", "access_actions"},
    Context.ENROLMENT: {"request_transitions", "attendance_steps"},
    Context.BILLING: {
        *("charge_lines", "ledger_entries", "invoices", "invoice_lines", "archived_documents"),
        *("credit_notes", "credit_note_lines", "payments", "bounces", "deposits", "deposited"),
        *("closings", "reminders"),
    },
    Context.MESSAGING: set(),
}
"""What may be added to and not rewritten: who read, who decided, and all of the money."""

SCHEMA = (
    "CREATE TABLE planted (n int)",
    "CREATE TEMPORARY TABLE planted (n int)",
    "CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA planted",
    "CREATE ROLE planted",
    "CREATE EXTENSION hstore",
    "SET session_replication_role = replica",
    "COPY alembic_version TO PROGRAM 'true'",
    "SELECT pg_read_file('postgresql.conf')",
    "UPDATE alembic_version SET version_num = '0000'",
    "DELETE FROM alembic_version",
)
EACH_TABLE = (
    "ALTER TABLE {} ADD COLUMN planted int",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP TABLE {}",
    "TRUNCATE {}",
    "CREATE INDEX ON {} ((1))",
    "CREATE TRIGGER planted AFTER INSERT ON {} EXECUTE FUNCTION planted()",
)


async def passes(service: Any, statement: str) -> bool:
    """Whether the server lets a statement be done; nothing of it is kept."""
    trial = service.transaction()
    await trial.start()
    try:
        await service.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await trial.rollback()
    return True


async def forbidden(service: Any, owner: str, records: set[str]) -> list[str]:
    """All that the role of a running service must not do in its own database."""
    rows = await service.fetch(
        "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public'"
    )
    tables = {row["tablename"] for row in rows}
    assert records < tables
    assert {row["tableowner"] for row in rows} == {owner}
    each = [statement.format(f'"{table}"') for table in tables for statement in EACH_TABLE]
    return [*SCHEMA, f'SET ROLE "{owner}"', *each]


def rewriting(context: Context, name: str) -> Iterator[str]:
    """Statements that change what a record says."""
    table: Table = import_module(f"{context}.store.tables").metadata.tables[name]
    columns, erased = withheld(table) or ({column.name for column in table.columns}, False)
    # A column that numbers itself is refused to everybody, the owner too.
    plain = [column for column in columns if table.c[column].identity is None]
    yield from (f'UPDATE "{name}" SET "{column}" = "{column}"' for column in plain)
    if not erased:
        yield f'DELETE FROM "{name}"'


async def test_a_service_has_no_right_on_the_schema_nor_on_what_was_recorded(house: House) -> None:
    leaks = []
    for context, records in RECORDS.items():
        access = house.system.databases[context]
        service = await asyncpg.connect(access.runtime_url)
        owner = f"{house.system.database_prefix}{context}_owner"
        tried = await forbidden(service, owner, records)
        tried += (each for name in sorted(records) for each in rewriting(context, name))
        leaks += [f"{context}: {each}" for each in tried if await passes(service, each)]
        await service.close()
    assert leaks == []


async def enters(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InsufficientPrivilegeError:
        return False
    await connection.close()
    return True


async def test_no_role_of_a_service_enters_anothers_database(house: House) -> None:
    databases = house.system.databases
    names = {context: house.system.database_prefix + context for context in databases}
    leaks = []
    for context, access in databases.items():
        for url in (access.runtime_url, access.owner_url):
            server = url.removesuffix(names[context])
            others = {*names.values(), "postgres", "template1"} - {names[context]}
            leaks += [(context, other) for other in others if await enters(server + other)]
            assert await enters(url)
    assert leaks == []


def queues() -> Iterator[str]:
    return (queue["name"] for queue in topology.definitions("/", {})["queues"])


def exchanges() -> Iterator[str]:
    return (exchange["name"] for exchange in topology.definitions("/", {})["exchanges"])


READ_BESIDES = {Context.MESSAGING: {topology.PUBLIC_LOG}}
"""Messaging serves partners from the log of public events; no reading takes from a stream."""

Attempt = Callable[[Any], Awaitable[Any]]


def publishing(exchange: str, key: str) -> Attempt:
    async def publish(channel: Any) -> None:
        target = await channel.get_exchange(exchange, ensure=False)
        await target.publish(aio_pika.Message(b"{}"), key, mandatory=True)

    return publish


def on_queue(verb: str, name: str, *arguments: Any) -> Attempt:
    async def attempt(channel: Any) -> None:
        queue = await channel.get_queue(name, ensure=False)
        await getattr(queue, verb)(*arguments)

    return attempt


def foreign(context: Context) -> Iterator[tuple[str, Attempt]]:
    """All that is not this service's to do at the broker."""
    own = {topology.events_queue(context), *READ_BESIDES.get(context, ())}
    for name in queues():
        yield f"delete {name}", on_queue("delete", name)
        yield f"bind {name}", on_queue("bind", name, topology.PUBLIC, "#")
        yield f"publish past the exchanges to {name}", publishing("", name)
        if name not in own:
            yield f"get {name}", on_queue("get", name)
            yield f"purge {name}", on_queue("purge", name)
    written = {topology.INTERNAL, topology.PUBLIC}
    written |= {topology.retry_exchange(context), topology.dead_queue(context)}
    for exchange in {*exchanges(), "amq.topic", "amq.direct", "amq.fanout"} - written:
        yield f"publish to {exchange}", publishing(exchange, "planted")
    for other in set(Context) - {context}:
        for exchange in (topology.INTERNAL, topology.PUBLIC):
            yield f"speak as {other}", publishing(exchange, f"{other}.planted.happened.v1")
    yield "declare a queue", lambda channel: channel.declare_queue("planted")
    yield "declare an exchange", lambda channel: channel.declare_exchange("planted")


@asynccontextmanager
async def broker_of(house: House, user: str, vhost: str | None = None) -> AsyncIterator[Any]:
    system = house.system
    broker = system.rabbitmq
    password = system.secrets.broker_passwords[user]
    url = broker_url(broker.host, broker.port, vhost or system.vhost, user, password)
    connection = await aio_pika.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def refused(connection: Any, attempt: Attempt) -> bool:
    channel = await connection.channel(on_return_raises=True)
    try:
        await attempt(channel)
    except ChannelAccessRefused:
        return True
    except PublishError:
        return False
    finally:
        if not channel.is_closed:
            await channel.close()
    return False


async def leaks_at_the_broker(house: House, context: Context) -> list[str]:
    async with broker_of(house, context) as connection:
        # What is its own it can do: the refusals below are not those of a stranger.
        for exchange in (topology.INTERNAL, topology.PUBLIC):
            assert not await refused(connection, publishing(exchange, f"{context}.nobody.hears.v1"))
        tried = dict(foreign(context))
        return [what for what, attempt in tried.items() if not await refused(connection, attempt)]


async def test_no_service_reads_or_speaks_for_another_at_the_broker(house: House) -> None:
    for context in Context:
        assert await leaks_at_the_broker(house, context) == [], context
        with pytest.raises((AMQPException, ConnectionError)):
            await broker_of(house, context, "/").__aenter__()
