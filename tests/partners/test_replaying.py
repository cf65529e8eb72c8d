"""The log sent again: nothing is missing, a double is the same event, a restart is survived."""

import asyncio
from datetime import UTC, datetime

import pytest

from chassis.broker.event_log import MARK, end_of_log, read_log
from chassis.broker.partners import Partner
from partners.conftest import Town, as_bytes, balance, booking
from portail.partners.filters import Unusable, start_of
from portail.partners.replay import NoQueue, Replay
from portail_contracts.envelope import Envelope


def ids_of(bodies: list[bytes]) -> set[str]:
    return {str(Envelope.from_bytes(body).id) for body in bodies}


class Life:
    """The house goes on publishing while an operator works."""

    def __init__(self, town: Town) -> None:
        self.bookings: list[bytes] = []
        self._town = town
        self._ended = asyncio.Event()

    async def publish(self, many: int) -> None:
        bodies = [as_bytes(booking()) for _ in range(many)]
        self.bookings += bodies
        await self._town.publish(*bodies, as_bytes(balance()))

    async def go_on(self) -> None:
        while not self._ended.is_set():
            await self.publish(5)
            await asyncio.sleep(0.005)

    def end(self) -> None:
        self._ended.set()


async def test_a_replay_and_what_is_published_meanwhile_leave_no_gap(town: Town) -> None:
    life = Life(town)
    await life.publish(700)
    living = asyncio.create_task(life.go_on())
    partner = await asyncio.to_thread(town.let_in, "late", "enrolment.booking.#")
    replay = Replay(town.vhost.url(), partner, "first")
    await replay.run()
    life.end()
    await living
    assert replay.sent >= 700
    assert replay.passed > 0, "balances are not for this partner"
    expected = ids_of(life.bookings)
    received: dict[str, set[tuple[object, ...]]] = {}
    for message in await town.taken(partner, len(expected), lambda m: m.message_id):
        seen = (message.body, message.routing_key, message.type, message.timestamp)
        received.setdefault(message.message_id, set()).add(seen)
    assert received.keys() == expected
    assert all(len(seen) == 1 for seen in received.values()), "a double is the same event"


async def test_a_replay_starts_where_it_is_told_and_sends_what_is_asked(town: Town) -> None:
    partner = town.let_in("picky", "#")
    await town.publish(*(as_bytes(booking()) for _ in range(3)))
    here = await end_of_log(town.link)
    assert here == 3
    later = [as_bytes(booking()), as_bytes(balance())]
    await town.publish(*later)
    await town.taken(partner, 5)

    async def replayed(start, wanted=lambda _: True) -> tuple[int, int]:
        replay = Replay(town.vhost.url(), partner, start, wanted)
        await replay.run()
        return replay.sent, replay.passed

    assert await replayed(here) == (2, 0), "and never the mark that stands there"
    assert [message.body for message in await town.taken(partner, 2)] == later
    assert await replayed(here, lambda type_: type_.startswith("billing.")) == (1, 1)
    assert await replayed(10_000) == (0, 0), "beyond the end there is nothing, and it is said"
    assert await replayed(start_of("2026-11-01")) == (5, 0)
    assert await replayed(start_of("2999-01-01")) == (5, 0), "an instant to come is brought back"
    with pytest.raises(NoQueue):
        await Replay(town.vhost.url(), Partner("nobody", ("#",)), "first").run()


async def test_the_log_is_read_in_pieces_and_marks_are_no_events(town: Town) -> None:
    for _ in range(3):
        await town.publish(as_bytes(booking()))
        end = await end_of_log(town.link)
    assert end == 5
    read = [event async for piece in read_log(town.link, "first", end) for event in piece]
    assert [event.position for event in read] == [0, 2, 4]
    assert MARK not in {event.type for event in read}


def test_since_when_is_a_day_in_france_an_instant_or_a_position() -> None:
    assert start_of("2026-11-01") == datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    assert start_of("2026-07-01T08:00:00+02:00") == datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
    assert (start_of("42"), start_of("first")) == (42, "first")
    with pytest.raises(Unusable, match="ni une date"):
        start_of("hier")
