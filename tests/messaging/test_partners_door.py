"""What staff are told of partners: figures of a real broker, and never what an event says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest
from aio_pika.exceptions import AMQPException

from chassis.auth import STAFF, Audience, Principal
from chassis.broker.connection import Link, open_link
from chassis.broker.partners import Partner
from chassis.broker.publishing import publish_many
from chassis.identifiers import new_id
from messaging.store import partners as record
from partners.conftest import as_bytes, balance, booking, outgoing
from support.brokers import VirtualHost
from support.waiting import eventually

from .conftest import Messaging

DOOR = "/v1/staff/partners"


@pytest.fixture
async def link(vhost: VirtualHost) -> AsyncIterator[Link]:
    opened = await open_link(vhost.url(), "test")
    yield opened
    await opened.close()


async def stand(messaging: Messaging, *partners: Partner) -> None:
    async with messaging.runtime.database.transaction() as transaction:
        for one in partners:
            now = messaging.runtime.clock.now()
            assert await record.add(transaction.connection, new_id(), one, "secret-digest", now)


async def look_twice(messaging: Messaging, vhost: VirtualHost) -> None:
    """With messaging's own rights. A queue that is missing costs the first look its channel."""
    for _ in range(2):
        looking = await open_link(vhost.url("messaging"), "test.watch")
        with suppress(AMQPException):
            await messaging.runtime.own.partners.look(looking)
        await looking.close()


async def test_staff_see_how_far_behind_partners_are_and_what_they_were_given(
    messaging: Messaging, vhost: VirtualHost, link: Link
) -> None:
    ours = new_id()
    canteen = Partner("canteen", ("enrolment.booking.#", "billing.#"), (ours,))
    await stand(messaging, canteen, Partner("a-missing", ("billing.#",)), Partner("gone", ("#",)))
    async with messaging.runtime.database.transaction() as transaction:
        await record.revoke(transaction.connection, "gone", messaging.runtime.clock.now())
    queue = await link.channel.declare_queue(
        canteen.queue, durable=True, arguments={"x-queue-type": "quorum"}
    )
    await queue.bind("portail.events", "enrolment.#")
    admin = messaging.signed_in(Principal(str(new_id()), "A", frozenset({Audience.ADMIN})))

    async def seen(path: str = "") -> dict:
        answer = await messaging.client.get(DOOR + path, headers=admin)
        assert answer.status_code == 200, answer.text
        assert "secret-digest" not in answer.text
        assert all(str(event.family_id) not in answer.text for event in published)
        return answer.json()

    published = [booking(ours), booking(new_id()), booking(ours), balance()]
    before = await seen()
    assert [item["channels"][0]["standing"] for item in before["items"]] == ["unseen"] * 2
    assert before["broker"] == {"answers": False, "looked_at": None}

    await publish_many(link.channel, [outgoing(as_bytes(event)) for event in published])
    reading = await open_link(vhost.url("messaging"), "test.recent")
    following = asyncio.create_task(messaging.runtime.own.recent.follow(reading))
    await eventually(_recent(messaging), lambda found: len(found) == 4, within=60)
    await eventually(_depth(link, canteen), lambda depth: depth == 3, within=60)
    await look_twice(messaging, vhost)
    messaging.runtime.clock.advance(timedelta(seconds=30))

    listed = await seen()
    missing, shown = listed["items"]
    assert missing["channels"][0]["standing"] == "missing"
    assert shown["types"] == ["enrolment.booking.confirmed.v1", "enrolment.booking.cancelled.v1"]
    assert shown["centres"] == [str(ours)]
    amqp = shown["channels"][0]
    assert (amqp["standing"], amqp["waiting"], amqp["readers"]) == ("behind", 3, 0)
    assert amqp["behind_since"] == amqp["seen_at"]
    assert listed["broker"]["answers"] is True
    assert [one["name"] for one in listed["revoked"]] == ["gone"]

    sheet = await seen("/canteen")
    assert [one["position"] for one in sheet["recent"]] == [2, 0], "its centre's only, newest first"
    assert set(sheet["recent"][0]) == {"position", "event_id", "type", "centre", "at"}
    messaging.runtime.clock.advance(timedelta(minutes=2))
    late = await seen("/canteen")
    assert late["broker"]["answers"] is False
    assert late["partner"]["channels"] == sheet["partner"]["channels"], "as last seen"

    await reading.close()
    with pytest.raises(ConnectionError):
        await following
    assert (await messaging.client.get(f"{DOOR}/gone", headers=admin)).status_code == 404
    for role in set(STAFF) - {Audience.ADMIN, Audience.AUDITOR}:
        other = messaging.signed_in(Principal(str(new_id()), "B", frozenset({role})))
        for path in ("", "/canteen"):
            assert (await messaging.client.get(DOOR + path, headers=other)).status_code == 403


def _recent(messaging: Messaging):
    async def found() -> list:
        return list(messaging.runtime.own.recent.given(Partner("all", ("#",)), 10))

    return found


def _depth(link: Link, partner: Partner):
    async def depth() -> int:
        queue = await link.channel.declare_queue(partner.queue, passive=True)
        return queue.declaration_result.message_count or 0

    return depth
