"""The sweeper runs beside the API, for ever."""

import asyncio

from chassis.runtime import Runtime
from chassis.telemetry import logger

from .use_cases.sweep_offers import sweep_offers

SECONDS = 5.0

log = logger(__name__)


async def sweep(runtime: Runtime) -> None:
    """A round that fails is tried again: the database may be away for a while."""
    while True:
        try:
            done = await sweep_offers(runtime.database, now=runtime.clock.now())
            if done:
                log.info("offers.swept", count=done)
        except Exception as error:  # whatever it is must not end the process
            log.warning("offers.sweep_failed", error=type(error).__name__)
        await asyncio.sleep(SECONDS)
