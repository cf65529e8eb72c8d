"""Works through broadcasts, the oldest first, one family at a time; takes up where any stopped."""

import asyncio

from chassis.clock import Clock
from chassis.database import Database
from chassis.telemetry import logger
from messaging.store.broadcasts import oldest_unfinished
from messaging.use_cases.broadcast import tell_next

PAUSE = 2.0

log = logger(__name__)


class Crier:
    """`run` is for ever; any number may work at once, in any process."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def run(self) -> None:
        """Until cancelled; survives the loss of the database."""
        while True:
            try:
                await self.work()
            except Exception as error:  # whoever was not told is told at the next round
                log.warning("broadcast.interrupted", error=type(error).__name__)
            await asyncio.sleep(PAUSE)

    async def work(self) -> None:
        """All of the oldest broadcast that is not finished."""
        async with self._database.reading() as connection:
            broadcast = await oldest_unfinished(connection)
        if broadcast is None:
            return
        while await tell_next(self._database, broadcast, self._clock.now()):
            pass
