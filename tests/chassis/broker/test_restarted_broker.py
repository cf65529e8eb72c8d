"""A broker that lets clients in before its logs are up, as a restarted one does for a moment.

The moment is a matter of luck; here the broker is put into it: the log is registered on disk and
not yet among the queues that take messages.
"""

import asyncio
import subprocess
from pathlib import Path

import pytest

from chassis.broker.connection import open_link
from chassis.broker.event_log import end_of_log, read_log
from chassis.broker.topology import PUBLIC_LOG
from chassis.identifiers import new_id
from portail_contracts.envelope import Envelope
from support.ledger_service import confirmed, everything_heard, say
from support.servers import Servers
from support.waiting import eventually, running

DOWN = "mnesia:dirty_delete(rabbit_queue, Name)."
FIND = "[Q] = mnesia:dirty_read(rabbit_durable_queue, Name), "
UP = FIND + "rabbit_amqqueue:store_queue_ram_dirty(Q)."


@pytest.fixture
def log_is(servers: Servers, vhost, tmp_path: Path):
    script = tmp_path / "rabbitmqctl"
    script.write_text(servers.rabbitmq.control_script())
    name = f'Name = rabbit_misc:r(<<"{vhost.name}">>, queue, <<"{PUBLIC_LOG}">>), '

    async def put(state: str) -> None:
        told = ["sh", str(script), "--quiet", "eval", name + state]
        await asyncio.to_thread(subprocess.run, told, check=True, capture_output=True)

    return put


async def in_the_log(link) -> set[str]:
    end = await end_of_log(link)
    pieces = [piece async for piece in read_log(link, "first", end)]
    bodies = [logged.message.body for piece in pieces for logged in piece]
    return {Envelope.from_bytes(body).data["booking_id"] for body in bodies}


async def test_nothing_is_published_until_the_log_takes_it(pair, log_is) -> None:
    booking = new_id()
    link = await open_link(pair.vhost.url(), "test")
    assert await link.is_up(PUBLIC_LOG)
    await log_is(DOWN)
    assert not await link.is_up(PUBLIC_LOG)
    async with pair.producer.database.transaction() as transaction:
        await say(transaction, confirmed(new_id(), booking))
    async with running(pair.producer.relay.run(), pair.listener.consumer.run()):
        await log_is(UP)
        await eventually(lambda: everything_heard(pair.listener.database), bool)
    assert await in_the_log(link) == {str(booking)}, "what everybody heard stands in the log too"
    await link.close()
