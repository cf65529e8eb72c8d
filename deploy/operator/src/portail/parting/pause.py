"""Nothing is published for a moment: the relays of all services find their locks taken."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from chassis.broker.relay import LOCK_CLASS
from chassis.broker.tables import PARTITIONS
from portail.recovery.databases import Store
from portail.telling import Refused

PATIENCE = "30s"


@asynccontextmanager
async def relays_paused(stores: Sequence[Store]) -> AsyncIterator[None]:
    """What is recorded meanwhile waits in the outboxes; it goes on when this process ends, too."""
    async with AsyncExitStack() as held:
        for store in stores:
            await held.enter_async_context(_paused(store))
        yield


@asynccontextmanager
async def _paused(store: Store) -> AsyncIterator[None]:
    dsn = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await asyncpg.connect(
            dsn, timeout=10, server_settings={"lock_timeout": PATIENCE}
        )
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Refused(f"base {store.context} : {type(error).__name__}.") from error
    try:
        # One that publishes ends its pass first.
        for part in range(PARTITIONS):
            await connection.execute("SELECT pg_advisory_lock($1, $2)", LOCK_CLASS, part)
        yield
    except asyncpg.LockNotAvailableError as error:
        raise Refused(f"{store.context} ne cesse de publier : recommencez.") from error
    finally:
        connection.terminate()
