"""One process of billing that reads its parts, with a handler that computes or one that waits.

Arguments: kind, database, broker, parts. It begins when nobody holds the gate any more.
"""

import asyncio
import hashlib
import sys

from sqlalchemy import text

from chassis.broker.consumer import Consumer
from chassis.clock import SystemClock
from chassis.database import Database, Transaction
from chassis.telemetry import configure_logging
from portail_contracts.catalogue import Context
from portail_contracts.enrolment import BookingConfirmed
from support.ledger_service import hear

GATE = 0x0B0E
ROUNDS = 2_000
WAIT_SECONDS = 0.004

_GATE = text(f"SELECT pg_advisory_xact_lock_shared({GATE})")
_WAIT = text(f"SELECT pg_sleep({WAIT_SECONDS})")


async def computing(transaction: Transaction, event: BookingConfirmed) -> None:
    """The processor is the limit."""
    await transaction.connection.execute(_GATE)
    digest = event.booking_id.bytes
    for _ in range(ROUNDS):
        digest = hashlib.sha256(digest).digest()
    await hear(transaction, event)


async def waiting(transaction: Transaction, event: BookingConfirmed) -> None:
    """An answer of a server is the limit, as where a handler looks things up."""
    await transaction.connection.execute(_GATE)
    await transaction.connection.execute(_WAIT)
    await hear(transaction, event)


async def work(kind: str, database_url: str, broker_url: str, parts: int) -> None:
    clock = SystemClock()
    database = Database(database_url, Context.BILLING, clock)
    handlers = {BookingConfirmed: {"computing": computing, "waiting": waiting}[kind]}
    await Consumer(Context.BILLING, database, [broker_url], clock, handlers, partitions=parts).run()


if __name__ == "__main__":
    configure_logging("bench", "ERROR")
    asyncio.run(work(*sys.argv[1:4], int(sys.argv[4])))
