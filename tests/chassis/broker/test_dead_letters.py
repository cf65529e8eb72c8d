"""`portail events dead …` on a real broker."""

import asyncio

import pytest
from typer.testing import CliRunner

from chassis.broker.consumer import HopelessEvent
from chassis.identifiers import new_id
from portail.__main__ import app
from portail_contracts.enrolment import BookingConfirmed
from support.ledger_service import confirmed, everything_heard, say
from support.waiting import eventually, running


@pytest.fixture
async def portail(pair):
    """Run the operator's command against the test's broker."""

    async def run(*arguments: str):
        environment = {"PORTAIL_OPERATOR_BROKER_URL": pair.vhost.url()}
        return await asyncio.to_thread(
            CliRunner().invoke, app, ["events", "dead", *arguments], env=environment
        )

    return run


@pytest.fixture
async def dead_event(pair) -> BookingConfirmed:
    """One event that billing gave up on."""
    event = confirmed(new_id(), new_id())

    async def refuse(transaction, received) -> None:
        raise HopelessEvent("never")

    pair.listener.consumer._handlers = {BookingConfirmed: refuse}
    async with running(pair.listener.consumer.run(), pair.producer.relay.run()):
        async with pair.producer.database.transaction() as transaction:
            await say(transaction, event)
        await eventually(lambda: pair.depth("billing.dead"), lambda depth: depth == 1)
    return event


async def test_a_dead_event_is_listed_without_the_data_of_people(portail, dead_event) -> None:
    for _ in range(2):
        listed = await portail("list")
        assert listed.exit_code == 0
        assert "billing" in listed.stdout
        assert "enrolment.booking.confirmed.v1" in listed.stdout
        assert "hopeless" in listed.stdout
        assert str(dead_event.family_id) not in listed.stdout


async def test_its_data_is_shown_only_when_asked(portail, dead_event) -> None:
    event_id = (await portail("list")).stdout.split("\t")[1]
    shown = await portail("show", event_id)
    assert shown.exit_code == 0
    assert '"reason": "hopeless"' in shown.stdout
    assert "rate_code" not in shown.stdout
    assert '"rate_code": "canteen"' in (await portail("show", event_id, "--data")).stdout


async def test_replayed_after_the_mend_it_is_handled_once(portail, pair, dead_event) -> None:
    from support.ledger_service import hear

    event_id = (await portail("list")).stdout.split("\t")[1]
    pair.listener.consumer._handlers = {BookingConfirmed: hear}
    assert (await portail("replay", event_id)).exit_code == 0
    async with running(pair.listener.consumer.run()):
        heard = await eventually(lambda: everything_heard(pair.listener.database), bool)
    assert [booking for _, booking, _ in heard] == [dead_event.booking_id]
    assert await pair.depth("billing.dead") == 0


async def test_an_unknown_identifier_is_said_and_nothing_is_lost(portail, pair, dead_event) -> None:
    assert (await portail("show", str(new_id()))).exit_code != 0
    assert (await portail("replay", str(new_id()))).exit_code != 0
    assert (await portail("replay")).exit_code != 0
    await eventually(lambda: pair.depth("billing.dead"), lambda depth: depth == 1)


async def test_a_broker_that_does_not_answer_is_a_sentence(servers) -> None:
    environment = {"PORTAIL_OPERATOR_BROKER_URL": "amqp://nobody:x@127.0.0.1:1/x"}
    result = await asyncio.to_thread(
        CliRunner().invoke, app, ["events", "dead", "list"], env=environment
    )
    assert result.exit_code == 2
    assert "ne répond pas" in result.stderr
