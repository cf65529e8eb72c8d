"""One question for all who ask it at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Together(Generic[Value]):
    """Asks once for everybody who is waiting, and never answers with what was asked earlier.

    Whoever comes while a question is on its way waits for the next one: an answer always tells of
    a moment after the one at which it was asked for.
    """

    def __init__(self, ask: Callable[[], Awaitable[Value]]) -> None:
        self._ask = ask
        self._going: asyncio.Future[Value] | None = None
        self._next: asyncio.Future[Value] | None = None

    def asked(self) -> asyncio.Future[Value]:
        """The answer to come. It belongs to all who wait: shield it, never cancel it."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._after(self._going))
            self._next.add_done_callback(_heard)
        return self._next

    async def __call__(self) -> Value:
        return await asyncio.shield(self.asked())

    async def _after(self, earlier: asyncio.Future[Value] | None) -> Value:
        if earlier is not None and not earlier.done():
            await asyncio.wait([earlier])
        self._going, self._next = self._next, None
        return await self._ask()


def _heard(answer: asyncio.Future[Value]) -> None:
    """A failure that nobody waits for any more is nobody's news."""
    if not answer.cancelled():
        answer.exception()
