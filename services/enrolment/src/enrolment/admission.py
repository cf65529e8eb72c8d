"""Bounded admission: on opening day thousands knock at once, and everyone has a turn.

Only so many work at the same time, as many as there are database connections to spare. Behind them
waits a line, in the order in which families first knocked. Whoever would wait longer than a page
can is told at once to come back (503 with Retry-After), at the time when its turn comes at the
line's own pace: so that a thousand parents come back one after the other instead of hammering. Its
place in the line is kept meanwhile, before those who came later. Nothing is lost: the same request
id may be sent again (decision 0024).
"""

import asyncio
import heapq
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Final
from uuid import UUID

from chassis.problems import Problem

LATE_SECONDS: Final = 15.0
"""Who comes back later than this after its time has lost its place."""

SOONEST, LATEST = 2, 60
"""Bounds of Retry-After: sooner is hammering, and later than that nobody believes the estimate."""

SENDING: Final = (
    "Votre demande n’est pas encore enregistrée, mais votre tour est gardé. Renvoyez-la dans "
    "{seconds}\u00a0secondes\u00a0: elle ne sera comptée qu’une fois."
)
READING: Final = "Votre tour est gardé. Rechargez la page dans {seconds}\u00a0secondes."

_FIRST_GUESS: Final = 0.05
_WEIGHT: Final = 0.1
"""How much the last one's time inside changes the mean."""


@dataclass(frozen=True)
class _Ticket:
    """A family's place in the line while it is away, kept until `until`."""

    number: int
    until: float


class Admission:
    """At most `working` inside and `waiting` in line, each for at most `patience` seconds."""

    def __init__(
        self,
        working: int,
        waiting: int,
        patience: float,
        words: str = SENDING,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """`words` are for who must come back; they say in how many `{seconds}`."""
        self._working, self._waiting, self._patience = working, waiting, patience
        self._words, self._now = words, now
        self._inside = 0
        self._line: list[tuple[int, asyncio.Future[None]]] = []
        self._away: OrderedDict[UUID, _Ticket] = OrderedDict()
        self._last = 0
        self._seconds = _FIRST_GUESS

    @asynccontextmanager
    async def entry(self, family_id: UUID) -> AsyncIterator[None]:
        """Raises Problem 503 when the wait would be, or has been, too long."""
        await self._enter(family_id)
        entered = self._now()
        try:
            yield
        finally:
            self._seconds += _WEIGHT * (self._now() - entered - self._seconds)
            self._inside -= 1
            self._call_next()

    async def _enter(self, family_id: UUID) -> None:
        number = self._number_of(family_id)
        if self._inside < self._working:
            self._inside += 1
            return
        if len(self._line) >= self._waiting or self._wait_before(number) > self._patience:
            raise self._come_back(family_id, number)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._line, (number, turn))
        try:
            await asyncio.wait_for(turn, self._patience)
        except BaseException as reason:
            self._leave(number, turn)
            if isinstance(reason, TimeoutError):
                raise self._come_back(family_id, number) from None
            raise

    def _number_of(self, family_id: UUID) -> int:
        """The number that was kept for the family, or the next one."""
        self._forget_the_late()
        kept = self._away.pop(family_id, None)
        if kept is not None:
            return kept.number
        self._last += 1
        return self._last

    def _call_next(self) -> None:
        while self._line and self._inside < self._working:
            _, turn = heapq.heappop(self._line)
            if not turn.done():
                self._inside += 1
                turn.set_result(None)

    def _leave(self, number: int, turn: "asyncio.Future[None]") -> None:
        """Given up while waiting; or while being called, and then the next one is called."""
        if (number, turn) in self._line:
            self._line.remove((number, turn))
            heapq.heapify(self._line)
        elif not turn.cancelled():
            self._inside -= 1
            self._call_next()

    def _wait_before(self, number: int) -> float:
        """Seconds until the turn of that number, at the pace of the last ones."""
        present = sum(other < number for other, _ in self._line)
        away = sum(ticket.number < number for ticket in self._away.values())
        return (present + away + 1) * self._seconds / self._working

    def _come_back(self, family_id: UUID, number: int) -> Problem:
        seconds = min(max(math.ceil(self._wait_before(number)), SOONEST), LATEST)
        self._away[family_id] = _Ticket(number, self._now() + seconds + LATE_SECONDS)
        return Problem(
            503,
            "enrolment.busy",
            "Beaucoup de familles réservent en ce moment",
            self._words.format(seconds=seconds),
            retry_after=seconds,
        )

    def _forget_the_late(self) -> None:
        now = self._now()
        while self._away and next(iter(self._away.values())).until < now:
            self._away.popitem(last=False)
