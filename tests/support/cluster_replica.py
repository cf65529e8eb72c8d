"""One replica of a small service, as a process: it tells (relay) or it listens (consumer)."""

import asyncio
import sys

from chassis.broker.consumer import Consumer
from chassis.broker.relay import Relay
from chassis.clock import SystemClock
from chassis.database import Database
from portail_contracts.catalogue import Context
from portail_contracts.enrolment import BookingConfirmed
from support.ledger_service import hear


async def work(context: Context, database_url: str, broker_urls: list[str]) -> None:
    clock = SystemClock()
    database = Database(database_url, context, clock, 5)
    if context is Context.ENROLMENT:
        await Relay(context, database, broker_urls, clock).run()
    else:
        handlers = {BookingConfirmed: hear}
        await Consumer(context, database, broker_urls, clock, handlers).run()


if __name__ == "__main__":
    asyncio.run(work(Context(sys.argv[1]), sys.argv[2], sys.argv[3].split(",")))
