"""A broker that is killed while the log is sent again, or read: run by `make cluster-test`."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import aclosing, suppress
from pathlib import Path

import pytest
from aio_pika.abc import AbstractIncomingMessage as Message

from chassis.broker import topology
from chassis.broker.connection import ANSWER_SECONDS, LOST, Link, links, open_link
from chassis.broker.event_log import end_of_log, logs_are_up
from chassis.broker.partners import Partner
from chassis.broker.publishing import FATE_UNKNOWN, publish_many
from partners.conftest import Keeping, Town, as_bytes, booking, outgoing
from portail.partners import replay as replaying
from portail.partners.replay import Replay
from portail_contracts.envelope import Envelope
from support.brokers import VirtualHost, make_vhost
from support.servers import Servers
from support.waiting import eventually, running


@pytest.fixture(scope="module")
def killed(servers: Servers) -> Iterator[Servers]:
    """The broker of these tests alone, which keeps what it confirmed; databases are the others'."""
    own = Servers(durable=True, name="killed")
    yield own
    own.stop()


@pytest.fixture
def vhost(killed: Servers) -> VirtualHost:
    return make_vhost(killed, topology.RETRY_DELAYS)


@pytest.fixture
def control(killed: Servers, tmp_path: Path) -> str:
    script = tmp_path / "rabbitmqctl"
    script.write_text(killed.rabbitmq.control_script())
    return f"sh {script}"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> int:
    """A replay that soon waits for its partner."""
    monkeypatch.setattr(replaying, "MOST_WAITING", 300)
    monkeypatch.setattr(replaying, "LOOK_EVERY", 1)
    monkeypatch.setattr(replaying, "PAUSE", 0.05)
    return 300


def registered(control: str) -> None:
    """A queue that is younger than three seconds is in no register yet, and would be gone."""
    synced = "[ok = dets:sync(Table) || Table <- dets:all()]."
    subprocess.run([*control.split(), "--quiet", "eval", synced], check=True, capture_output=True)


def restart(servers: Servers) -> None:
    servers.wait(servers.rabbitmq.kill())
    servers.wait(servers.rabbitmq.start())


async def published_as_the_relay_does(town: Town, bodies: list[bytes]) -> None:
    """Sent again as long as their fate is not known."""
    async with aclosing(links([town.vhost.url()], "relay")) as found:
        async for link in found:
            with suppress(*LOST, *FATE_UNKNOWN):
                await logs_are_up(link)
                await publish_many(link.channel, [outgoing(body) for body in bodies])
                return


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
@pytest.mark.timeout(300)
async def test_a_broker_that_is_killed_makes_no_gap_for_those_who_come_for_events(
    town: Town, killed: Servers, keeping: Keeping
) -> None:
    bodies = [as_bytes(booking()) for _ in range(300)]
    async with running(keeping.keeper(town).run(), keeping.keeper(town).run()):
        await town.publish(*bodies[:200])
        await eventually(keeping.count, lambda count: count == 200, within=120)
        await asyncio.to_thread(restart, killed)
        await published_as_the_relay_does(town, bodies[150:])
        await eventually(keeping.count, lambda count: count >= 300, within=120)
        expected = list(enumerate(bodies, 1))
        assert await keeping.kept() == expected, "in the order of the log, no gap, nothing twice"


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_broker_that_is_killed_during_a_replay_loses_nothing(
    town: Town, killed: Servers, patient: int, control: str
) -> None:
    bodies = [as_bytes(booking()) for _ in range(1500)]
    for start in range(0, len(bodies), 500):
        await town.publish(*bodies[start : start + 500])
    partner = town.let_in("steady", "enrolment.#")
    before = await end_of_log(town.link)
    replay = Replay(town.vhost.url(), partner, 0)
    sending = asyncio.create_task(replay.run())
    await eventually(lambda: town.depth(partner), lambda depth: depth >= patient, within=60)
    await asyncio.to_thread(registered, control)
    assert not sending.done(), "it waits for its partner, so the broker is killed in its midst"
    await asyncio.to_thread(restart, killed)
    assert not sending.done()
    async with asyncio.timeout(100), asyncio.TaskGroup() as both:
        reading = both.create_task(read_by_one_who_comes_back(town, partner, len(bodies)))
        both.create_task(_ended(sending))
    assert reading.result() == {str(Envelope.from_bytes(body).id) for body in bodies}
    assert replay.start == before


async def _ended(task: asyncio.Task[None]) -> None:
    """So that a group hears of its failure."""
    await task
