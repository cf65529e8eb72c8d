"""A broker that is killed while the log is sent again."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest
from aio_pika.abc import AbstractIncomingMessage as Message

from chassis.broker.connection import ANSWER_SECONDS, LOST, Link, open_link
from chassis.broker.event_log import end_of_log
from chassis.broker.partners import Partner
from partners.conftest import Town, as_bytes, booking
from portail.partners import replay as replaying
from portail.partners.replay import Replay
from portail_contracts.envelope import Envelope
from support.servers import Servers
from support.waiting import eventually


@pytest.fixture
def servers() -> Iterator[Servers]:
    """The broker of this test alone, which keeps what it confirmed."""
    own = Servers(durable=True, name="killed")
    yield own
    own.stop()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> int:
    """A replay that soon waits for its partner."""
    monkeypatch.setattr(replaying, "MOST_WAITING", 300)
    monkeypatch.setattr(replaying, "LOOK_EVERY", 1)
    monkeypatch.setattr(replaying, "PAUSE", 0.05)
    return 300


async def read_by_one_who_comes_back(town: Town, partner: Partner, many: int) -> set[str]:
    """As a subscriber should: a broker that has just started may refuse, or go away again."""
    found: set[str] = set()
    while len(found) < many:
        with suppress(*LOST):
            link = await open_link(town.url_of(partner), "subscriber")
            try:
                await _read(link, partner, found, many)
            finally:
                await link.close()
    return found


async def _read(link: Link, partner: Partner, found: set[str], many: int) -> None:
    """Until the link is lost; a queue that is not up again may never answer."""
    arrived: asyncio.Queue[Message] = asyncio.Queue()
    await link.channel.set_qos(prefetch_count=200)
    queue = await link.channel.get_queue(partner.queue, ensure=False)
    await queue.consume(arrived.put, timeout=ANSWER_SECONDS)
    while len(found) < many and not link.lost.is_set():
        with suppress(TimeoutError):
            message = await asyncio.wait_for(arrived.get(), 1)
            await message.ack()
            found.add(message.message_id or "")


@pytest.mark.slow
async def test_a_broker_that_is_killed_during_a_replay_loses_nothing(
    town: Town, servers: Servers, patient: int
) -> None:
    bodies = [as_bytes(booking()) for _ in range(1500)]
    for start in range(0, len(bodies), 500):
        await town.publish(*bodies[start : start + 500])
    partner = town.let_in("steady", "enrolment.#")
    before = await end_of_log(town.link)
    replay = Replay(town.vhost.url(), partner, 0)
    sending = asyncio.create_task(replay.run())
    await eventually(lambda: town.depth(partner), lambda depth: depth >= patient, within=60)
    assert not sending.done(), "it waits for its partner, so the broker is killed in its midst"

    def restart() -> None:
        servers.wait(servers.rabbitmq.kill())
        servers.wait(servers.rabbitmq.start())

    await asyncio.to_thread(restart)
    assert not sending.done()
    async with asyncio.timeout(100), asyncio.TaskGroup() as both:
        reading = both.create_task(read_by_one_who_comes_back(town, partner, len(bodies)))
        both.create_task(_ended(sending))
    assert reading.result() == {str(Envelope.from_bytes(body).id) for body in bodies}
    assert replay.start == before


async def _ended(task: asyncio.Task[None]) -> None:
    """So that a group hears of its failure."""
    await task
