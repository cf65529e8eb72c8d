"""From a committed row to its effect in another service, on real PostgreSQL and RabbitMQ."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select

from chassis.broker.consumer import HopelessEvent
from chassis.broker.tables import outbox
from chassis.correlation import current_trace, new_trace, tracing
from chassis.identifiers import new_id
from portail_contracts.enrolment import BookingConfirmed
from portail_contracts.envelope import Envelope
from support.ledger_service import Listener, confirmed, everything_heard, hear, say
from support.waiting import eventually, running


async def waiting_in_outbox(pair) -> int:
    async with pair.producer.database.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(outbox))).scalar_one()


async def test_what_commits_is_heard_once_and_leaves_the_outbox(pair) -> None:
    family, booking = new_id(), new_id()
    async with running(pair.producer.relay.run(), pair.listener.consumer.run()):
        async with pair.producer.database.transaction() as transaction:
            await say(transaction, confirmed(family, booking))
        heard = await eventually(lambda: everything_heard(pair.listener.database), bool)
    assert heard == [(family, booking, 1)]
    assert await waiting_in_outbox(pair) == 0


class Changed(Exception):
    """The business changed its mind before the commit."""


async def say_then_fail(pair, event) -> None:
    async with pair.producer.database.transaction() as transaction:
        await say(transaction, event)
        raise Changed


async def test_what_rolls_back_is_never_heard(pair) -> None:
    family = new_id()

    async with running(pair.producer.relay.run(), pair.listener.consumer.run()):
        with pytest.raises(Changed):
            await say_then_fail(pair, confirmed(family, new_id()))
        kept = new_id()
        async with pair.producer.database.transaction() as transaction:
            await say(transaction, confirmed(family, kept))
        await eventually(lambda: everything_heard(pair.listener.database), bool)
    assert [booking for _, booking, _ in await everything_heard(pair.listener.database)] == [kept]


async def test_a_family_s_facts_are_heard_in_the_order_they_committed_with_two_relays(pair) -> None:
    families = [new_id() for _ in range(10)]

    async def one_family(family: UUID) -> None:
        for version in range(1, 21):
            async with pair.producer.database.transaction() as transaction:
                await say(transaction, confirmed(family, new_id(), version))

    relays = (pair.producer.relay.run(), pair.producer.relay.run())
    async with running(*relays, pair.listener.consumer.run()):
        await asyncio.gather(*map(one_family, families))
        heard = await eventually(
            lambda: everything_heard(pair.listener.database), lambda seen: len(seen) >= 200
        )
    assert len(heard) == 200
    for family in families:
        assert [v for f, _, v in heard if f == family] == list(range(1, 21))


async def test_a_lower_position_that_commits_later_is_not_skipped(pair) -> None:
    early, late = new_id(), new_id()
    async with running(pair.producer.relay.run(), pair.listener.consumer.run()):
        slow = pair.producer.database.engine.connect()
        async with slow as connection, connection.begin():
            from chassis.broker.outbox import Recorded, record
            from portail_contracts.catalogue import Context

            event = Recorded(confirmed(new_id(), early), new_trace())
            await record(connection, [event], Context.ENROLMENT, pair.producer.clock.now())
            async with pair.producer.database.transaction() as transaction:
                await say(transaction, confirmed(new_id(), late))
            await eventually(lambda: everything_heard(pair.listener.database), bool)
        heard = await eventually(
            lambda: everything_heard(pair.listener.database), lambda seen: len(seen) == 2
        )
    assert [booking for _, booking, _ in heard] == [late, early]


async def test_the_correlation_id_reaches_the_last_effect(pair) -> None:
    traces = []

    async def note(transaction, event) -> None:
        traces.append(current_trace())

    listener = Listener(
        str(pair.listener.database.engine.url.render_as_string(hide_password=False)),
        pair.vhost.url("billing"),
        (0.05,),
        {BookingConfirmed: note},
    )
    async with running(pair.producer.relay.run(), listener.consumer.run()):
        with tracing(new_trace()) as trace:
            async with pair.producer.database.transaction() as transaction:
                await say(transaction, confirmed(new_id(), new_id()))

        async def seen() -> list:
            return traces

        await eventually(seen, bool)
    await listener.database.close()
    assert traces[0].correlation_id == trace.correlation_id
    assert traces[0].causation_id is not None


async def test_a_redelivered_event_changes_nothing(pair) -> None:
    event = confirmed(new_id(), new_id())
    trace = new_trace()
    body = Envelope.around(
        event,
        id=new_id(),
        producer="enrolment",
        time=event.confirmed_at,
        correlationid=trace.correlation_id,
        causationid=None,
        traceparent=trace.traceparent,
    ).to_bytes()
    async with running(pair.listener.consumer.run()):
        for _ in range(5):
            await pair.send(body)
        last = confirmed(new_id(), new_id())
        async with running(pair.producer.relay.run()):
            async with pair.producer.database.transaction() as transaction:
                await say(transaction, last)
            heard = await eventually(
                lambda: everything_heard(pair.listener.database), lambda seen: len(seen) >= 2
            )
    assert [b for _, b, _ in heard] == [event.booking_id, last.booking_id]


async def test_an_unroutable_event_stays_in_the_outbox_and_lets_others_pass(pair) -> None:
    stuck, free = new_id(), new_id()
    await unbind_bookings(pair)
    async with running(pair.producer.relay.run(), pair.listener.consumer.run()):
        async with pair.producer.database.transaction() as transaction:
            transaction.record(internal_event(stuck))
        await eventually(lambda: blocked(pair), lambda count: count == 1)
        async with pair.producer.database.transaction() as transaction:
            await say(transaction, confirmed(new_id(), free))
        await eventually(lambda: waiting_in_outbox(pair), lambda count: count == 1)
    assert await waiting_in_outbox(pair) == 1


async def unbind_bookings(pair) -> None:
    """As a topology that is older than the event."""
    from chassis.broker import topology

    for name in ("messaging.events", topology.KEPT_LOG):
        queue = await pair.link.channel.get_queue(name, ensure=False)
        await queue.unbind(topology.INTERNAL, "enrolment.decision.announced.v1")


def internal_event(family: UUID):
    from datetime import UTC, datetime

    from portail_contracts.enrolment import DecisionAnnounced, Outcome, RequestKind

    return DecisionAnnounced(
        version=1,
        family_id=family,
        request_id=new_id(),
        number="D-2026-00001",
        kind=RequestKind.BOOKING_REQUEST,
        outcome=Outcome.ACCEPTED,
        decided_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    )


async def blocked(pair) -> int:
    query = select(func.count()).where(outbox.c.blocked_until.is_not(None))
    async with pair.producer.database.reading() as connection:
        return (await connection.execute(query)).scalar_one()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not json at all", "malformed"),
        (b'{"specversion": "1.0"}', "malformed"),
        (b"x" * 300_000, "oversized"),
        ("future", "unknown-type"),
    ],
)
async def test_what_can_never_be_handled_is_dead_at_once(pair, body, reason) -> None:
    if body == "future":
        body = future_event()
    good = confirmed(new_id(), new_id())
    async with running(pair.listener.consumer.run(), pair.producer.relay.run()):
        await pair.send(body)
        await eventually(lambda: pair.depth("billing.dead"), lambda depth: depth == 1)
        async with pair.producer.database.transaction() as transaction:
            await say(transaction, good)
        await eventually(lambda: everything_heard(pair.listener.database), bool)
    queue = await pair.link.channel.get_queue("billing.dead", ensure=False)
    dead = await queue.get(no_ack=True)
    assert dead.headers["x-portail-reason"] == reason
    assert dead.body == body


def future_event() -> bytes:
    event = confirmed(new_id(), new_id())
    envelope = Envelope.around(
        event,
        id=new_id(),
        producer="enrolment",
        time=event.confirmed_at,
        correlationid="0" * 32,
        causationid=None,
        traceparent=None,
    )
    return envelope.model_copy(update={"type": "enrolment.booking.confirmed.v9"}).to_bytes()


async def test_a_failing_event_waits_and_its_family_waits_behind_it(pair) -> None:
    family, other = new_id(), new_id()
    first, second, third = new_id(), new_id(), new_id()
    failures = 2

    async def sometimes(transaction, event) -> None:
        nonlocal failures
        if event.booking_id == first and failures:
            failures -= 1
            raise RuntimeError("not yet")
        await hear(transaction, event)

    listener = Listener(
        pair.listener.database.engine.url.render_as_string(hide_password=False),
        pair.vhost.url("billing"),
        (0.05, 0.1),
        {BookingConfirmed: sometimes},
    )
    async with running(listener.consumer.run(), pair.producer.relay.run()):
        for key, booking in ((family, first), (family, second), (other, third)):
            async with pair.producer.database.transaction() as transaction:
                await say(transaction, confirmed(key, booking))
        heard = await eventually(
            lambda: everything_heard(pair.listener.database), lambda seen: len(seen) == 3
        )
    await listener.database.close()
    assert [booking for _, booking, _ in heard] == [third, first, second]


@pytest.mark.parametrize("error", [RuntimeError("again"), HopelessEvent("never")])
async def test_what_keeps_failing_ends_in_the_dead_letter_queue_and_frees_its_family(
    pair, error
) -> None:
    family, first, second = new_id(), new_id(), new_id()

    async def never_first(transaction, event) -> None:
        if event.booking_id == first:
            raise error
        await hear(transaction, event)

    listener = Listener(
        pair.listener.database.engine.url.render_as_string(hide_password=False),
        pair.vhost.url("billing"),
        (0.05, 0.1),
        {BookingConfirmed: never_first},
    )
    async with running(listener.consumer.run(), pair.producer.relay.run()):
        for booking in (first, second):
            async with pair.producer.database.transaction() as transaction:
                await say(transaction, confirmed(family, booking))
        heard = await eventually(lambda: everything_heard(pair.listener.database), bool)
        await eventually(lambda: pair.depth("billing.dead"), lambda depth: depth == 1)
    await listener.database.close()
    assert [booking for _, booking, _ in heard] == [second]
