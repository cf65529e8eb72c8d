"""The pool after its server was restarted."""

import asyncio
from datetime import UTC, datetime

import asyncpg
from sqlalchemy import text

from chassis.clock import SteppedClock
from chassis.database import Database
from portail_contracts.catalogue import Context


async def test_connections_that_the_server_ended_are_not_handed_out(
    databases, postgres_admin_url
) -> None:
    made = await databases.empty("billing")
    database = Database(
        made.runtime_url, Context.BILLING, SteppedClock(datetime(2026, 11, 24, tzinfo=UTC)), 3
    )
    # Three at a time, so that the pool holds three.
    barrier = asyncio.Barrier(3)

    async def hold() -> None:
        async with database.reading() as connection:
            await connection.execute(text("SELECT 1"))
            await barrier.wait()

    await asyncio.gather(hold(), hold(), hold())
    admin = await asyncpg.connect(postgres_admin_url)
    ended = await admin.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = $1 AND backend_type = 'client backend'",
        database.engine.url.database,
    )
    await admin.close()
    assert len(ended) == 3
    await asyncio.sleep(0.2)
    for _ in range(3):
        async with database.reading() as connection:
            assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await database.close()


async def test_a_question_opens_no_transaction_and_a_reading_opens_one(databases) -> None:
    made = await databases.empty("billing")
    database = Database(
        made.runtime_url, Context.BILLING, SteppedClock(datetime(2026, 11, 24, tzinfo=UTC)), 1
    )
    # Inside a transaction the time stands still.
    now = text("SELECT now()")
    for way, stands_still in ((database.asking, False), (database.reading, True)):
        async with way() as connection:
            times = {(await connection.execute(now)).scalar_one() for _ in range(2)}
        assert (len(times) == 1) is stands_still
    await database.close()
