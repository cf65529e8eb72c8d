"""Events of the log sent again to one partner's queue: from a date or a position, up to now.

The queue is bound before the replay begins, and the replay goes up to an end that is taken after:
what is published meanwhile arrives by the binding. What arrives both ways carries the same id.
"""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from chassis.broker.connection import LOST, Link, is_missing_queue, links, open_link
from chassis.broker.event_log import Logged, Start, end_of_log, read_log
from chassis.broker.partners import Partner
from chassis.broker.publishing import FATE_UNKNOWN, publish_many

MOST_WAITING = 20_000
"""Events that may wait in the queue before the replay waits for the partner."""

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
        async for piece in read_log(link, self.start, end):
            chosen = [event for event in piece if self._is_chosen(event)]
            await self._wait_for_partner(link, len(chosen))
            again = [event.by(self.partner.again) for event in chosen]
            if again and await publish_many(link.channel, again):
                raise NoQueue(self.partner.queue)
            self.sent += len(chosen)
            self.passed += len(piece) - len(chosen)
            if piece:
                self.start = piece[-1].position + 1

    def _is_chosen(self, event: Logged) -> bool:
        return self.partner.is_given(event.type, event.centre) and self.wanted(event.type)

    async def _wait_for_partner(self, link: Link, about_to_send: int) -> None:
        """A full queue would lose its oldest events: the replay goes at the partner's own pace."""
        self._unseen += about_to_send
        while self._unseen >= LOOK_EVERY:
            queue = await link.channel.declare_queue(self.partner.queue, passive=True)
            if (queue.declaration_result.message_count or 0) < MOST_WAITING:
                self._unseen = 0
                return
            await asyncio.sleep(PAUSE)
