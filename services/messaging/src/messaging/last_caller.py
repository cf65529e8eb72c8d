"""Before a cut-off, reminds families that chose to be; asks enrolment who may miss it."""

import asyncio

from chassis.clock import Clock
from chassis.database import Database
from chassis.peers import PeerRefused, Peers, PeerUnavailable
from chassis.telemetry import logger
from messaging.domain.letters import Category
from messaging.store.mails import families_that_chose
from messaging.use_cases.remind_of_cut_off import LastCall, remind_of_cut_off
from portail_contracts.catalogue import Context

PAUSE = 300.0
HOURS_BEFORE = "24"

log = logger(__name__)


class LastCaller:
    """`run` is for ever; any number may work at once, in any process."""

    def __init__(self, database: Database, clock: Clock, peers: Peers) -> None:
        self._database, self._clock, self._peers = database, clock, peers

    async def run(self) -> None:
        """Until cancelled; whoever was not reminded is reminded at the next round."""
        while True:
            try:
                await self.work()
            except (PeerUnavailable, PeerRefused) as error:
                log.info("last_calls.not_asked", error=type(error).__name__)
            except Exception as error:  # the database may be away for a while
                log.warning("last_calls.interrupted", error=type(error).__name__)
            await asyncio.sleep(PAUSE)

    async def work(self) -> int:
        """One round; how many families were reminded. Raises PeerUnavailable, PeerRefused."""
        async with self._database.reading() as connection:
            chose = await families_that_chose(connection, Category.CUT_OFF)
        if not chose:
            return 0
        path = "/v1/internal/last-calls"
        answer = await self._peers.get(Context.ENROLMENT, path, hours=HOURS_BEFORE)
        done = 0
        for item in answer["items"]:
            call = LastCall.model_validate(item)
            if call.family_id not in chose:
                continue
            async with self._database.transaction() as transaction:
                done += await remind_of_cut_off(transaction, call, self._clock.now())
        return done
