"""Bounded admission: on opening day thousands knock at once, and nobody waits for ever.

Only so many submissions work at the same time, as many as there are database connections to spare;
a short line waits behind them; whoever comes after is told at once to come back (503 with
Retry-After), which costs nothing and loses nothing: the same request id may be sent again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.problems import Problem


class Admission:
    """At most `working` inside and `waiting` in line, each for at most `patience` seconds."""

    def __init__(self, working: int, waiting: int, patience: float) -> None:
        self._doors = asyncio.Semaphore(working)
        self._places = working + waiting
        self._patience = patience
        self._present = 0

    @asynccontextmanager
    async def entry(self) -> AsyncIterator[None]:
        """Raises Problem 503 when the line is full, or after waiting too long."""
        if self._present >= self._places:
            raise _come_back()
        self._present += 1
        try:
            await self._enter()
            try:
                yield
            finally:
                self._doors.release()
        finally:
            self._present -= 1

    async def _enter(self) -> None:
        try:
            await asyncio.wait_for(self._doors.acquire(), self._patience)
        except TimeoutError:
            raise _come_back() from None


def _come_back() -> Problem:
    return Problem(
        503,
        "enrolment.busy",
        "Beaucoup de familles réservent en ce moment",
        "Votre demande n’est pas encore enregistrée. Renvoyez-la dans quelques secondes : "
        "elle ne sera comptée qu’une fois.",
    )
