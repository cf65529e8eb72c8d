"""Both ways of publishing behave the same; the fast one is only faster."""

from datetime import UTC, datetime

import pytest

from chassis.broker import topology
from chassis.broker.connection import LOST, open_link
from chassis.broker.publishing import Outgoing, Unconfirmed, publish_each, publish_many
from chassis.identifiers import new_id

WAYS = pytest.mark.parametrize("publish", [publish_many, publish_each])


def message(routing_key: str, body: bytes = b"{}", exchange: str = topology.INTERNAL) -> Outgoing:
    return Outgoing(
        event_id=new_id(),
        exchange=exchange,
        routing_key=routing_key,
        type=routing_key,
        body=body,
        at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
        headers={"x-portail-attempt": 2},
    )


@WAYS
async def test_properties_and_order_arrive(vhost, publish) -> None:
    link = await open_link(vhost.url(), "test")
    sent = [
        message("enrolment.booking.confirmed.v1", body=bytes([65 + i]) * (1 + i * 70_000))
        for i in range(5)
    ]
    assert await publish(link.channel, sent) == []
    queue = await link.channel.get_queue("billing.events", ensure=False)
    got = []

    async def keep(incoming) -> None:
        got.append(incoming)
        await incoming.ack()

    from support.waiting import eventually

    await queue.consume(keep)

    async def seen() -> int:
        return len(got)

    await eventually(seen, lambda count: count == 5)
    assert [m.message_id for m in got] == [str(m.event_id) for m in sent]
    assert [m.body for m in got] == [m.body for m in sent]
    first = got[0]
    assert first.delivery_mode == 2
    assert first.content_type == "application/cloudevents+json"
    assert first.type == "enrolment.booking.confirmed.v1"
    assert first.timestamp == sent[0].at
    assert first.headers["x-portail-attempt"] == 2
    await link.close()


@WAYS
async def test_what_no_queue_wants_is_named(vhost, publish) -> None:
    link = await open_link(vhost.url(), "test")
    lost, kept = message("nobody.listens.to.v1"), message("enrolment.booking.confirmed.v1")
    assert await publish(link.channel, [lost, kept]) == [lost.event_id]
    assert await publish(link.channel, [kept]) == []
    await link.close()


@WAYS
async def test_a_closed_channel_means_unconfirmed(vhost, publish) -> None:
    link = await open_link(vhost.url(), "test")
    await link.channel.close()
    with pytest.raises(Unconfirmed):
        await publish(link.channel, [message("enrolment.booking.confirmed.v1")])
    await link.close()


@WAYS
async def test_an_exchange_that_is_not_there_means_unconfirmed(vhost, publish) -> None:
    link = await open_link(vhost.url(), "test")
    with pytest.raises(Unconfirmed):
        await publish(link.channel, [message("any", exchange="no.such.exchange")])
    await link.close()


@WAYS
async def test_a_service_may_not_publish_in_another_s_name(vhost, publish) -> None:
    link = await open_link(vhost.url("billing"), "test")
    with pytest.raises(Unconfirmed):
        await publish(link.channel, [message("enrolment.booking.confirmed.v1")])
    await link.close()


async def test_a_call_on_a_closed_channel_counts_as_a_lost_connection(vhost) -> None:
    link = await open_link(vhost.url(), "test")
    await link.channel.close()
    with pytest.raises(LOST):
        await link.channel.declare_queue("billing.events", passive=True)
    await link.close()
