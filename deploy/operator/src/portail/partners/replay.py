"""Events of the log sent again to one partner's queue: from a date or a position, up to now.

The queue is bound before the replay begins, and the replay goes up to an end that is taken after:
what is published meanwhile arrives by the binding. What arrives both ways carries the same id.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Self

from chassis.broker.connection import ANSWER_SECONDS, LOST, Link, is_missing_queue, links, open_link
from chassis.broker.event_log import Logged, Start, end_of_log, read_log
from chassis.broker.partners import Partner
from chassis.broker.publishing import FATE_UNKNOWN, Outgoing, Written, write_many

MOST_WAITING = 20_000
"""Events that may wait in the queue before the replay waits for the partner."""

MOST_FLIGHTS = 2
"""Pieces of the log that may be on their way to the queue while the next is read."""

LOOK_EVERY = 2_000
PAUSE = 0.5


class NoQueue(RuntimeError):
    """The partner's queue is missing at the broker."""


@dataclass
class Replay:
    """One replay; after an interruption it goes on where it was, so some events may come twice."""

    url: str
    partner: Partner
    start: Start
    wanted: Callable[[str], bool] = lambda _: True
    """Of the types that the partner is given, those to be sent again."""

    sent: int = 0
    passed: int = 0
    _unseen: int = LOOK_EVERY

    async def run(self) -> None:
        """Raises NoQueue, or one of LOST when the broker cannot be reached at the start."""
        first = await open_link(self.url, "portail.replay")
        try:
            end = await end_of_log(first)
        finally:
            await first.close()
        async with aclosing(links([self.url], "portail.replay")) as found:
            async for link in found:
                try:
                    await self._send(link, end)
                    return
                except (*LOST, *FATE_UNKNOWN) as error:  # what was not confirmed is sent again
                    if is_missing_queue(error):
                        raise NoQueue(self.partner.queue) from None
                    await asyncio.sleep(PAUSE)

    async def _send(self, link: Link, end: int) -> None:
        async with Flights(link) as flights:
            async for piece in read_log(link, self.start, end):
                chosen = [event for event in piece if self._is_chosen(event)]
                await self._wait_for_partner(flights, len(chosen))
                await flights.begin(piece, [event.by(self.partner.again) for event in chosen])
                await self._land(flights, MOST_FLIGHTS)
            await self._land(flights, 0)

    async def _land(self, flights: "Flights", left: int) -> None:
        """Until no more than `left` are under way. Raises NoQueue, Unconfirmed."""
        while len(flights.under_way) > left:
            flight = flights.under_way.popleft()
            if await flight.written.confirmed():
                raise NoQueue(self.partner.queue)
            self._note(flight)

    def _note(self, landed: "Flight") -> None:
        """What was confirmed need never be sent again."""
        self.sent += len(landed.written.messages)
        self.passed += len(landed.piece) - len(landed.written.messages)
        if landed.piece:
            self.start = landed.piece[-1].position + 1

    def _is_chosen(self, event: Logged) -> bool:
        return self.partner.is_given(event.type, event.centre) and self.wanted(event.type)

    async def _wait_for_partner(self, flights: "Flights", about_to_send: int) -> None:
        """A full queue would lose its oldest events: the replay goes at the partner's own pace."""
        self._unseen += about_to_send
        while self._unseen >= LOOK_EVERY:
            queue = await flights.link.channel.declare_queue(
                self.partner.queue, passive=True, timeout=ANSWER_SECONDS
            )
            # What is on its way may have been counted or not.
            waiting = (queue.declaration_result.message_count or 0) + flights.events
            if waiting < MOST_WAITING:
                self._unseen = 0
                return
            await self._land(flights, 0)
            await asyncio.sleep(PAUSE)


@dataclass(frozen=True)
class Flight:
    """A piece of the log whose chosen events were written and are not confirmed yet."""

    piece: Sequence[Logged]
    written: Written


class Flights:
    """Pieces on their way, in the order of the log: the next is read and written meanwhile."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.under_way: deque[Flight] = deque()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for flight in self.under_way:
            flight.written.give_up()

    @property
    def events(self) -> int:
        return sum(len(flight.written.messages) for flight in self.under_way)

    async def begin(self, piece: Sequence[Logged], chosen: Sequence[Outgoing]) -> None:
        """Raises Unconfirmed."""
        self.under_way.append(Flight(piece, await write_many(self.link.channel, chosen)))
