"""A service's queue parted into several: shared by processes, each family in its order."""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from aio_pika.abc import AbstractIncomingMessage
from sqlalchemy import func, select
from typer.testing import CliRunner

from chassis.broker import topology
from chassis.broker.consumer import Handlers
from chassis.broker.tables import parked_events
from chassis.identifiers import new_id
from portail.__main__ import app
from portail.doctor.broker import _differences
from portail_contracts.catalogue import Context
from portail_contracts.enrolment import BookingConfirmed
from portail_local.processes import Process
from support.brokers import VirtualHost, make_vhost
from support.ledger_service import Listener, confirmed, everything_heard, hear, heard, say
from support.waiting import eventually, running

FAMILIES = [new_id() for _ in range(16)]
TESTS = Path(__file__).parents[2]


@pytest.fixture
def vhost(servers) -> VirtualHost:
    """With the real waits between tries: the operator's command makes no others."""
    return make_vhost(servers, topology.RETRY_DELAYS, topology.DELIVERY_LIMIT)


class Talk:
    """Facts of all families, one after another, for as long as it runs."""

    def __init__(self, pair) -> None:
        self._pair = pair
        self.told: dict[UUID, list[UUID]] = defaultdict(list)

    async def round(self) -> set[UUID]:
        async with self._pair.producer.database.transaction() as transaction:
            for family in FAMILIES:
                self.told[family].append(new_id())
                await say(transaction, confirmed(family, self.told[family][-1]))
        return {facts[-1] for facts in self.told.values()}

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """To the end of a round: what is told is said."""
        ending = asyncio.Event()

        async def go_on() -> None:
            while not ending.is_set():
                await self.round()
                await asyncio.sleep(0.05)

        talking = asyncio.create_task(go_on())
        try:
            yield
        finally:
            ending.set()
            await talking

    async def is_heard(self) -> None:
        """A round that is told now has had its effects."""
        latest = await self.round()
        look = self._pair.listener.database
        await eventually(
            lambda: everything_heard(look),
            lambda effects: latest <= {booking for _, booking, _ in effects},
            within=60,
        )


@pytest.fixture
def portail(pair, databases):
    """The operator's command, with the addresses that pause every service's relay."""

    async def run(*arguments: str, **settings: str):
        urls = {}
        for context in Context:
            made = {"enrolment": pair.producer, "billing": pair.listener}.get(context)
            urls[context] = (
                made.database.engine.url.render_as_string(hide_password=False)
                if made
                else (await databases.empty(context)).owner_url
            )
        environment = {
            "PORTAIL_OPERATOR_BROKER_URL": pair.vhost.url(),
            **{f"{context.upper()}_MIGRATION_DATABASE_URL": url for context, url in urls.items()},
            **settings,
        }
        return await asyncio.to_thread(CliRunner().invoke, app, [*arguments], env=environment)

    return run


@asynccontextmanager
async def replicas(pair, folder: Path) -> AsyncIterator[list[Process]]:
    """Two processes that share four partitions."""
    database = pair.listener.database.engine.url.render_as_string(hide_password=False)
    started = [
        Process(
            name,
            [
                *(sys.executable, "-m", "support.cluster_replica", Context.BILLING),
                *(database, pair.vhost.url("billing"), "4", name),
            ],
            env={"PYTHONPATH": str(TESTS), "PATH": "/usr/bin:/bin"},
            cwd=folder,
            log=folder / f"{name}.log",
        )
        for name in ("one", "other")
    ]
    for process in started:
        process.start()
    try:
        yield started
    finally:
        await asyncio.gather(*(process.kill() for process in started))


def listener(pair, handlers: Handlers | None = None) -> Listener:
    """Another process of billing, as far as its queue can tell."""
    url = pair.listener.database.engine.url.render_as_string(hide_password=False)
    return Listener(url, pair.vhost.url("billing"), topology.RETRY_DELAYS, handlers)


async def hearers(pair) -> set[str]:
    async with pair.listener.database.reading() as connection:
        return set((await connection.execute(select(heard.c.heard_by).distinct())).scalars())


async def parked(pair) -> int:
    async with pair.listener.database.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(parked_events))).scalar()


async def a_family_waits(pair, talk: Talk) -> None:
    """Its first fact fails, and those behind it stand in line."""

    async def refuse(transaction, event: BookingConfirmed) -> None:
        if event.family_id == FAMILIES[0]:
            raise RuntimeError("planted")
        await hear(transaction, event)

    failing = listener(pair, {BookingConfirmed: refuse})
    async with running(failing.consumer.run()):
        await talk.round()
        await talk.round()
        await eventually(lambda: parked(pair), lambda count: count == 2)
    await failing.database.close()


async def parts(pair, portail, count: int) -> None:
    done = await portail("partitions", "billing", str(count))
    assert done.exit_code == 0, done.output
    assert f"BILLING_CONSUMER_PARTITIONS={count}" in done.output


def differences(found: dict, vhost: str, count: int) -> Iterator[str]:
    users = dict.fromkeys((*Context, topology.OPERATOR), "")
    wanted = topology.definitions(vhost, users, partitions={Context.BILLING: count})
    return _differences(wanted, found, vhost)


async def test_each_family_keeps_its_order_in_four_parts_and_through_both_changes(
    pair, portail, servers, tmp_path: Path
) -> None:
    """Facts are told all the while; a family waits for another try; one of two processes is
    killed. At the end each fact has had one effect, in its family's order."""
    talk = Talk(pair)
    async with running(pair.producer.relay.run()):
        await a_family_waits(pair, talk)
        async with talk.going_on():
            await parts(pair, portail, 4)
            async with replicas(pair, tmp_path) as (one, other):
                await eventually(lambda: hearers(pair), {"one", "other"}.issubset, within=60)
                refused = await portail("partitions", "billing", "1")
                assert refused.exit_code == 2
                assert "arrêtez d’abord les consommateurs" in refused.output
                await one.kill()
                await talk.is_heard()
                assert other.running
            found = await exported(servers)
            assert list(differences(found, pair.vhost.name, 4)) == []
            assert "manque : file billing.events." in list(differences(found, pair.vhost.name, 1))
            await parts(pair, portail, 1)
        async with running(pair.listener.consumer.run()):
            await talk.is_heard()
    effects: dict[UUID, list[UUID]] = defaultdict(list)
    for family, booking, _ in await everything_heard(pair.listener.database):
        effects[family].append(booking)
    assert effects == talk.told


async def exported(servers) -> dict:
    """As `portail doctor` reads it."""
    asked = ("export_definitions", "-", "--format", "json")
    failed, told = await asyncio.to_thread(servers.wait, servers.rabbitmq._control_once(*asked))
    assert not failed, told
    return json.loads(told)


async def test_nobody_is_given_what_stands_behind_an_event_that_another_still_handles(
    pair,
) -> None:
    """A process that has just come takes one event; the next of that family is not another's."""
    family, first, second = new_id(), new_id(), new_id()
    entered, go = asyncio.Event(), asyncio.Event()

    async def slowly(transaction, event: BookingConfirmed) -> None:
        if event.booking_id == first:
            entered.set()
            await go.wait()
        await hear(transaction, event)

    async def heard_now() -> list[UUID]:
        return [booking for _, booking, _ in await everything_heard(pair.listener.database)]

    pair.listener.consumer._handlers = {BookingConfirmed: slowly}
    given: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    async with running(pair.producer.relay.run(), pair.listener.consumer.run()):
        async with pair.producer.database.transaction() as transaction:
            await say(transaction, confirmed(family, first))
            await say(transaction, confirmed(family, second))
        await entered.wait()
        other = await pair.link.channel.get_queue("billing.events", ensure=False)
        tag = await other.consume(given.put)
        # An answer on the same channel: what the broker had for this reader has come before it.
        await pair.depth("billing.events")
        assert given.empty()
        go.set()
        message = await given.get()
        assert await heard_now() == [first]
        await other.cancel(tag)
        await message.nack(requeue=True)
        await eventually(heard_now, lambda seen: seen == [first, second])
