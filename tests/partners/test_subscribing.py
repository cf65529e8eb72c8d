"""A partner reads its own queue and nothing else; tried with the credentials it is given."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aio_pika
import pytest
from aio_pika.exceptions import AMQPException
from aiormq.exceptions import ChannelAccessRefused
from prometheus_client import REGISTRY
from typer.testing import CliRunner

from chassis.broker import partners as made
from chassis.broker.connection import open_link
from chassis.broker.relay import Relay
from chassis.clock import SteppedClock
from chassis.database import Database
from chassis.identifiers import new_id
from messaging.partners.watch import PartnerWatch
from messaging.store import partners as record
from partners.conftest import Town, as_bytes, balance, booking
from portail.__main__ import app as portail
from portail.partners.filters import Unusable, binding_keys, usable
from portail_contracts.catalogue import Context
from support.databases import Databases
from support.ledger_service import create_tables
from support.waiting import eventually

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


CRM = ("crm", "--events", "enrolment.*", "--pull", "--webhook")


class Operator:
    """`portail partners …`, as it is typed."""

    def __call__(self, *arguments: str) -> str:
        done = CliRunner().invoke(portail, ["partners", *arguments])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output


@pytest.fixture
async def operator(town: Town, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Operator:
    database = await databases.fresh("messaging")
    environment = {
        "MESSAGING_DATABASE_URL": database.runtime_url,
        "MESSAGING_MIGRATION_DATABASE_URL": database.owner_url,
        "MESSAGING_BROKER_URLS": town.vhost.url("messaging"),
        "MESSAGING_SERVICE_SECRET": "secret",
        "MESSAGING_PORT": "0",
        **{f"PORTAIL_{context.upper()}_URL": "http://127.0.0.1:9" for context in Context},
        "PORTAIL_OPERATOR_BROKER_URL": town.vhost.url(),
        "PORTAIL_OPERATOR_RABBITMQCTL": town.control,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Operator()


async def test_a_partner_is_added_listed_given_a_new_password_and_revoked(
    town: Town, operator: Operator
) -> None:
    await town.publish(as_bytes(booking()), as_bytes(balance()))
    wanted = ("--events", "enrolment.booking.*", "--from", "first")
    told = await asyncio.to_thread(operator, "add", "cantine", *wanted)
    assert "1 événement(s) renvoyé(s), 1 non destiné(s)" in told
    first = re.search(r"amqp://\S+", told).group()
    connection = await aio_pika.connect(first)
    queue = await (await connection.channel()).get_queue("partner.cantine.events", ensure=False)
    arrived: asyncio.Queue[Any] = asyncio.Queue()
    await queue.consume(arrived.put)
    message = await asyncio.wait_for(arrived.get(), 60)
    assert message.routing_key == "enrolment.booking.confirmed.v1"
    listed = await asyncio.to_thread(operator, "list")
    assert "cantine\t" in listed
    assert "\t1\tenrolment.booking.#\ttous" in listed, "one reader, of all centres"
    told = await asyncio.to_thread(operator, "replay", "cantine", "--from", "2026-11-01")
    assert "1 événement(s) renvoyé(s)" in told
    again = await asyncio.wait_for(arrived.get(), 60)
    assert (again.message_id, again.body) == (message.message_id, message.body)

    told = await asyncio.to_thread(operator, "rotate", "cantine")
    second = re.search(r"amqp://\S+", told).group()
    with pytest.raises(AMQPException):
        await aio_pika.connect(first)
    await (await aio_pika.connect(second)).close()
    await message.ack()  # the connection that was open is not interrupted

    ended = asyncio.Event()
    connection.close_callbacks.add(lambda *_: ended.set())
    await asyncio.to_thread(operator, "revoke", "cantine")
    await asyncio.wait_for(ended.wait(), 60)
    with pytest.raises(AMQPException):
        await aio_pika.connect(second)
    assert await town.broker.waiting(made.Partner("cantine", ())) is None


async def test_a_partner_by_http_has_a_key_or_a_secret_and_nothing_at_the_broker(
    town: Town, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Neither is needed: nothing of the broker is asked.
    monkeypatch.setenv("PORTAIL_OPERATOR_BROKER_URL", "amqp://127.0.0.1:9")
    monkeypatch.setenv("PORTAIL_OPERATOR_RABBITMQCTL", "false")
    told = await asyncio.to_thread(operator, "add", *CRM, "https://crm.example/in")
    assert re.search(r"ptl_\S{43}\n", told)
    assert re.search(r"whsec_\S{44}\n", told)
    listed = await asyncio.to_thread(operator, "list")
    assert "crm\t" in listed
    assert "1 clé(s), https://crm.example/in" in listed
    moved = ("crm", "https://new.example/in", "--unordered")
    assert "même secret" in await asyncio.to_thread(operator, "address", *moved)
    told = await asyncio.to_thread(operator, "deliveries", "crm")
    assert "https://new.example/in\tactive" in told
    words = ["partners", "add", "inside", *CRM[1:], "https://10.0.0.1/"]
    done = await asyncio.to_thread(CliRunner().invoke, portail, words)
    assert (done.exit_code, "intérieur d’un réseau" in done.output) == (2, True)


async def refused(channel_of: Callable[[], Awaitable[Any]], act: Callable[[Any], Any]) -> bool:
    try:
        await act(await channel_of())
    except ChannelAccessRefused:
        return True
    return False


async def test_a_partner_can_do_nothing_but_read_its_own_queue(town: Town) -> None:
    nosy, other = town.let_in("nosy", "enrolment.#"), town.let_in("other", "billing.#")
    connection = await aio_pika.connect(town.url_of(nosy))

    async def queue(channel: Any, name: str) -> Any:
        return await channel.get_queue(name, ensure=False)

    async def read(channel: Any, name: str) -> None:
        await (await queue(channel, name)).consume(_ignore)

    async def bind(channel: Any, exchange: str) -> None:
        await (await queue(channel, nosy.queue)).bind(exchange, "#")

    async def publish(channel: Any, exchange: str, key: str) -> None:
        target = await channel.get_exchange(exchange, ensure=False) if exchange else None
        target = target or channel.default_exchange
        await target.publish(aio_pika.Message(b"{}"), key)

    forbidden = {
        "read another's queue": lambda c: read(c, other.queue),
        "read a service's queue": lambda c: read(c, "billing.events"),
        "read the log of everything": lambda c: read(c, "portail.events.log"),
        "bind to public events it was not given": lambda c: bind(c, "portail.events"),
        "bind to internal events": lambda c: bind(c, "portail.internal"),
        "publish an event": lambda c: publish(c, "portail.events", "enrolment.booking.x.v1"),
        "write to a service": lambda c: publish(c, "", "billing.events"),
        "make a queue": lambda c: c.declare_queue("mine"),
        "make a queue of its connection": lambda c: c.declare_queue("", exclusive=True),
        "delete its queue": lambda c: c.queue_delete(nosy.queue),
        "empty another's queue": lambda c: _purge(c, other.queue),
    }
    succeeded = [
        what for what, act in forbidden.items() if not await refused(connection.channel, act)
    ]
    assert succeeded == []
    assert not await refused(connection.channel, lambda c: read(c, nosy.queue)), "its own it may"
    more = [await aio_pika.connect(town.url_of(nosy)) for _ in range(made.CONNECTIONS - 1)]
    with pytest.raises(AMQPException):
        await aio_pika.connect(town.url_of(nosy))
    for opened in (connection, *more):
        await opened.close()


async def _ignore(_message: Any) -> None:
    pass


async def _purge(channel: Any, name: str) -> None:
    await (await channel.get_queue(name, ensure=False)).purge()


async def test_a_partner_of_one_centre_is_given_that_centre_only(
    town: Town, databases: Databases
) -> None:
    ours, theirs = new_id(), new_id()
    everything = town.let_in("everything", "#")
    canteen = town.let_in("canteen", "enrolment.booking.#", "billing.#", centres=(ours,))
    made_here = [booking(ours), booking(theirs), booking(None)]
    database = await databases.empty("enrolment")
    await create_tables(database.owner_url)
    producer = Database(database.runtime_url, Context.ENROLMENT, SteppedClock(NOON))
    async with producer.transaction() as transaction:
        for event in (*made_here, balance()):
            transaction.record(event)
    relay = Relay(Context.ENROLMENT, producer, [], SteppedClock(NOON))
    assert (await relay.drain(town.link)).published == 4
    await producer.close()
    assert len(await town.taken(everything, 4)) == 4
    (message,) = await town.taken(canteen, 1)
    assert str(ours).encode() in message.body
    assert await town.depth(canteen) == 0


async def test_a_slow_partner_loses_its_oldest_events_and_stops_nobody(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "LONGEST_QUEUE", 5)
    slow = town.let_in("slow", "enrolment.#")
    monkeypatch.setattr(made, "OLDEST", timedelta(milliseconds=50))
    absent = town.let_in("absent", "enrolment.#")
    bodies = [as_bytes(booking()) for _ in range(12)]
    await town.publish(*bodies)
    await eventually(lambda: town.depth(slow), lambda depth: depth == 5, within=60)
    await eventually(lambda: town.depth(absent), lambda depth: depth == 0, within=60)
    assert [message.body for message in await town.taken(slow, 5)] == bodies[7:]


async def test_how_far_behind_a_partner_is_can_be_watched(
    town: Town, databases: Databases, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.partners.watch.LONGEST_QUEUE", 4)
    late = town.let_in("late", "enrolment.#")
    missing = made.Partner("aaa-missing", ("#",))
    database = Database((await databases.fresh("messaging")).runtime_url, Context.MESSAGING, clock)
    async with database.transaction() as transaction:
        for one in (missing, late):
            assert await record.add(transaction.connection, new_id(), one, "x", clock.now())
        assert not await record.add(transaction.connection, new_id(), late, "x", clock.now())
    alarms: list[dict[str, Any]] = []
    monkeypatch.setattr("messaging.partners.watch.log", _Log(alarms))
    watch = PartnerWatch(database, [], clock)
    await town.publish(*(as_bytes(booking()) for _ in range(4)))
    await _look_twice(watch, town)
    assert figure("portail_partner_waiting", "late") == 4
    assert figure("portail_partner_full_ratio", "late") == 1
    assert figure("portail_partner_readers", "late") == 0
    clock.advance(timedelta(hours=1))
    await _look_twice(watch, town)
    assert figure("portail_partner_behind_seconds", "late") == 3600
    assert alarms == [{"partner": "late", "share": 1.0}]
    async with database.transaction() as transaction:
        assert await record.revoke(transaction.connection, "late", clock.now())
    await _look_twice(watch, town)
    assert figure("portail_partner_waiting", "late") is None
    await database.close()


class _Log:
    def __init__(self, kept: list[dict[str, Any]]) -> None:
        self._kept = kept

    def error(self, _event: str, **fields: Any) -> None:
        self._kept.append(fields)


async def _look_twice(watch: PartnerWatch, town: Town) -> None:
    """The queue that is missing costs one channel; the next look begins with the others."""
    for _ in range(2):
        link = await open_link(town.vhost.url("messaging"), "test.watch")
        try:
            await watch.look(link)
        except AMQPException:
            pass
        finally:
            await link.close()


def figure(name: str, partner: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"partner": partner})


def test_what_an_operator_writes_becomes_binding_keys() -> None:
    assert binding_keys(["enrolment.booking.*", "billing.*", "*"]) == (
        "enrolment.booking.#",
        "billing.#",
        "#",
    )
    assert binding_keys(["billing.invoice.issued.v1"]) == ("billing.invoice.issued.v1",)
    partner = usable("cantine", ["enrolment.booking.*"], [])
    assert partner.is_given("enrolment.booking.confirmed.v2", None)
    assert not partner.is_given("enrolment.bookings.confirmed.v1", None)


@pytest.mark.parametrize(
    ("name", "events", "centres", "said"),
    [
        ("Cantine", ["*"], [], "minuscules"),
        ("../x", ["*"], [], "minuscules"),
        ("cantine", ["enrolment.meal.*"], [], "aucun événement public"),
        ("cantine", ["enrolment.decision.*"], [], "aucun événement public"),
        ("cantine", ["#"], [], "ne désigne pas"),
        ("cantine", ["billing.*"], [new_id()], "dans un centre"),
    ],
)
def test_what_cannot_be_subscribed_to_is_said(name, events, centres, said) -> None:
    with pytest.raises(Unusable, match=said):
        usable(name, events, centres)
