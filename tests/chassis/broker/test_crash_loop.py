"""An event that kills its consumer each time ends alone in the dead-letter queue."""

import asyncio
from contextlib import suppress

from chassis.identifiers import new_id
from portail_contracts.enrolment import BookingConfirmed
from support.brokers import DELIVERY_LIMIT
from support.ledger_service import Listener, confirmed, everything_heard, hear, say
from support.waiting import eventually, running


async def test_only_the_culprit_of_a_crash_loop_is_buried(pair) -> None:
    culprit, innocents = new_id(), [new_id() for _ in range(30)]
    reached = asyncio.Event()

    async def die(transaction, event) -> None:
        if event.booking_id == culprit:
            reached.set()
            await asyncio.Event().wait()
        await hear(transaction, event)

    async with running(pair.producer.relay.run()):
        for booking in (culprit, *innocents):
            async with pair.producer.database.transaction() as transaction:
                await say(transaction, confirmed(new_id(), booking))
        await eventually(lambda: pair.depth("billing.events"), lambda depth: depth == 31)
    url = pair.listener.database.engine.url.render_as_string(hide_password=False)
    for _ in range(DELIVERY_LIMIT + 1):
        reached.clear()
        listener = Listener(url, pair.vhost.url("billing"), (0.05,), {BookingConfirmed: die})
        process = asyncio.create_task(listener.consumer.run())
        await asyncio.wait_for(reached.wait(), 10)
        # As a killed process does: the connection ends and nothing was acknowledged.
        process.cancel()
        with suppress(asyncio.CancelledError):
            await process
        await listener.database.close()
    await eventually(lambda: pair.depth("billing.dead"), lambda depth: depth == 1)
    async with running(pair.listener.consumer.run()):
        heard = await eventually(
            lambda: everything_heard(pair.listener.database), lambda seen: len(seen) == 30
        )
    assert [booking for _, booking, _ in heard] == innocents
    assert await pair.depth("billing.dead") == 1, "an innocent was buried too"
