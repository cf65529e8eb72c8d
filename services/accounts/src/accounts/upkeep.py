"""Work that the clock asks for: keys on schedule, what is over gone, families reminded."""

import asyncio
import contextlib

from chassis.runtime import Runtime
from chassis.telemetry import logger

from .resources import resources_of
from .store.exports import forget_exports
from .use_cases.forget_the_past import forget_the_past
from .use_cases.import_families import work_on_imports
from .use_cases.remind_documents import remind_documents

EVERY_SECONDS = 24 * 3600
AGAIN_SECONDS = 5
"""After a failure: the database may be starting, or not migrated yet."""

SWEEP_SECONDS = 60

log = logger(__name__)


async def keep_up(runtime: Runtime) -> None:
    """Once at the start, then daily, for ever; nothing that fails here stops the service."""
    while True:
        try:
            await one_round(runtime)
        except Exception as error:  # whatever it is, the next round is the answer
            log.warning("upkeep.failed", error=type(error).__name__, retry_in_s=AGAIN_SECONDS)
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            await asyncio.sleep(EVERY_SECONDS)


async def take_tables(runtime: Runtime) -> None:
    """Works on the tables of families that were sent, at once here, soon elsewhere, for ever."""
    waiting = resources_of(runtime).imports_waiting
    while True:
        waiting.clear()
        try:
            if worked := await work_on_imports(runtime.database, runtime.clock):
                log.info("imports.worked", count=worked)
        except Exception as error:  # the import is marked as failed, or the database is away
            log.warning("imports.failed", error=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            # Also without being told: another process may have stopped in the middle.
            await asyncio.wait_for(waiting.wait(), SWEEP_SECONDS)


async def one_round(runtime: Runtime) -> None:
    done = await resources_of(runtime).keyring.rotate()
    if done.make_from is not None or done.drop:
        log.info("keys.rotated", made=done.make_from is not None, dropped=len(done.drop))
    async with runtime.database.transaction() as transaction:
        await forget_the_past(transaction, runtime.clock.now())
        await forget_exports(transaction.connection, runtime.clock.now())
    if reminded := await remind_documents(runtime.database, runtime.clock.now()):
        log.info("documents.reminded", count=reminded)
