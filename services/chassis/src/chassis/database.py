"""A service's own PostgreSQL: one way to open a transaction, and events recorded inside it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import MetaData, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from portail_contracts.catalogue import Context
from portail_contracts.event import Event

from . import crash_points
from .broker.outbox import Recorded, record
from .clock import Clock
from .correlation import current_trace

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    """Tables of one service; constraint names are stable so that migrations can speak of them."""
    return MetaData(naming_convention=NAMING)


STARTING_OR_STOPPING = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)


def is_away(error: BaseException) -> bool:
    """Whether an error means that the server went away, rather than that we asked wrongly."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error.orig, OSError)
    return isinstance(error, STARTING_OR_STOPPING)


Writing = Callable[[AsyncConnection, Sequence[Recorded]], Awaitable[None]]


class Transaction:
    """Business rows and the events about them, committed together or not at all."""

    def __init__(self, connection: AsyncConnection, write: Writing) -> None:
        self.connection = connection
        self.has_told = False
        self._write = write
        self._recorded: list[Recorded] = []

    def record(self, event: Event) -> None:
        """The event will be published if, and only if, this transaction commits.

        Lock the aggregate's row before: the outbox keeps the order of commits per aggregate
        only if nobody else can record about it in between.
        """
        self._recorded.append(Recorded(event, current_trace()))

    async def tell(self) -> None:
        """Write what was recorded so far to the outbox: where events by the ten thousand would
        fill memory, from time to time; else at the end by itself. All or nothing either way."""
        if not self._recorded:
            return
        told, self._recorded, self.has_told = self._recorded, [], True
        await self._write(self.connection, told)


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """A server that was restarted leaves closed connections in the pool: have another made.

    The driver knows without asking; SQLAlchemy's own ping costs a fifth of a short transaction.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError


Completing = Callable[[AsyncConnection, Sequence[Recorded]], Awaitable[Sequence[Recorded]]]
"""Adds to events, before they are written, what their recorders need not know."""


async def _as_they_are(
    _connection: AsyncConnection, recorded: Sequence[Recorded]
) -> Sequence[Recorded]:
    return recorded


class Database:
    """Connections to one service's database."""

    completing: Completing = staticmethod(_as_they_are)

    def __init__(self, url: str, context: Context, clock: Clock, pool_size: int = 10) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=5,
            # An error that is logged must not quote the data of people.
            hide_parameters=True,
            connect_args={"timeout": 5, "command_timeout": 30},
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        self._context = context
        self._clock = clock

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit at the end, roll back on any error."""
        async with self.engine.connect() as connection:
            async with connection.begin():
                transaction = Transaction(connection, self._write)
                yield transaction
                await transaction.tell()
                if transaction.has_told:
                    crash_points.reach(crash_points.BEFORE_COMMIT)
            if transaction.has_told:
                crash_points.reach(crash_points.AFTER_COMMIT)

    async def _write(self, connection: AsyncConnection, recorded: Sequence[Recorded]) -> None:
        events = await self.completing(connection, recorded)
        await record(connection, events, self._context, self._clock.now())

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One consistent read: nothing written here is kept."""
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[AsyncConnection]:
        """For one question: no transaction is opened for it, which would cost two round trips."""
        async with self.engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    async def ask(self, question: str, *values: Any) -> Any:
        """One value by one question of the driver's (`$1`), None when there is no row.

        For the hottest reads: SQLAlchemy's way to one short answer costs more than the answer.
        """
        connection = await self.engine.raw_connection()
        try:
            driver: Any = connection.driver_connection
            return await driver.fetchval(question, *values)
        finally:
            await greenlet_spawn(connection.close)

    async def is_up(self) -> bool:
        """Whether the server answers now."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:  # any failure means the same to the caller: not now
            return False
        return True

    async def close(self) -> None:
        await self.engine.dispose()
