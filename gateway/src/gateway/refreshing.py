"""Access tokens are short: a session gets a new one a minute before the end of the old."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from chassis.clock import Clock

from .session import Grant, Session

Refresh = Callable[[str], Awaitable[Grant | None]]
"""From a session's secret to its new grant; None when the session is over."""

KEPT = 10_000


class Refresher:
    """One refresh at a time per session: the requests of one page share its result."""

    def __init__(self, refresh: Refresh, clock: Clock) -> None:
        self._refresh = refresh
        self._clock = clock
        self._under_way: dict[str, asyncio.Task[Grant | None]] = {}
        self._latest: OrderedDict[str, Grant] = OrderedDict()

    async def grant_for(self, session: Session) -> Grant | None:
        """Raises what the refresh raises when accounts does not answer."""
        name = _name(session.secret)
        known = self._latest.get(name)
        # A request that left the browser before our last answer still carries the old cookie.
        if known is not None and not session.renewed(known, session.renewed_at).needs_refresh(
            self._clock.now()
        ):
            return known
        task = self._under_way.get(name)
        if task is None:
            task = asyncio.create_task(self._asked(name, session.secret))
            self._under_way[name] = task
            task.add_done_callback(lambda _: self._under_way.pop(name, None))
        # Shielded: one browser that goes away must not cut the others' answer.
        return await asyncio.shield(task)

    def forget(self, session: Session) -> None:
        self._latest.pop(_name(session.secret), None)

    async def _asked(self, name: str, secret: str) -> Grant | None:
        grant = await self._refresh(secret)
        if grant is not None:
            self._latest[name] = grant
            self._latest.move_to_end(name)
            while len(self._latest) > KEPT:
                self._latest.popitem(last=False)
        return grant


def _name(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
