"""One replica of a small service, as a process: it tells (relay) or it listens (consumer).

Arguments: context, database, brokers by commas, and for a listener its partitions and its name.
"""

import asyncio
import sys

from chassis.broker.consumer import Consumer
from chassis.broker.relay import Relay
from chassis.clock import SystemClock
from chassis.database import Database
from portail_contracts.catalogue import Context
from portail_contracts.enrolment import BookingConfirmed
from support.ledger_service import hear_as


async def work(
    context: Context, database_url: str, broker_urls: list[str], partitions: int = 1, name: str = ""
) -> None:
    clock = SystemClock()
    database = Database(database_url, context, clock, 5)
    if context is Context.ENROLMENT:
        await Relay(context, database, broker_urls, clock).run()
    else:
        handlers = {BookingConfirmed: hear_as(name)}
        await Consumer(context, database, broker_urls, clock, handlers, partitions=partitions).run()


if __name__ == "__main__":
    who, database, brokers, *listening = sys.argv[1:]
    parts, name = listening or ("1", "")
    asyncio.run(work(Context(who), database, brokers.split(","), int(parts), name))
