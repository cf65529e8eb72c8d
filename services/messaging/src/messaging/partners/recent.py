"""The last public events, kept in memory as the log has them: what partners were given lately."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from chassis.broker.connection import LOST, Link, links
from chassis.broker.event_log import Logged, follow_log
from chassis.broker.partners import Partner

KEPT = 2_000
PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class Published:
    """That something was published, and nothing of what it says."""

    position: int
    event_id: str
    type: str
    centre: str | None
    at: datetime | None


class RecentEvents:
    """Follows the log; each API process has its own."""

    def __init__(self, broker_urls: Sequence[str]) -> None:
        self._urls = broker_urls
        self._kept: deque[Published] = deque(maxlen=KEPT)

    async def run(self) -> None:
        """Until cancelled; while the broker is away what was seen stays."""
        async with aclosing(links(self._urls, "messaging.recent")) as found:
            async for link in found:
                with suppress(*LOST):
                    await self.follow(link)
                await asyncio.sleep(PAUSE_SECONDS)

    async def follow(self, link: Link) -> None:
        """Raises one of LOST when the link is lost."""
        seen: deque[Published] = deque(maxlen=KEPT)
        async with aclosing(follow_log(link, KEPT)) as pieces:
            async for piece in pieces:
                seen.extend(map(_published, piece))
                self._kept = seen

    def given(self, partner: Partner, many: int) -> Sequence[Published]:
        """The newest first; only what its bindings let through."""
        mine = (one for one in reversed(self._kept) if partner.is_given(one.type, one.centre))
        return list(islice(mine, many))


def _published(event: Logged) -> Published:
    properties = event.message.header.properties
    return Published(
        event.position,
        properties.message_id or "",
        event.type,
        event.centre,
        properties.timestamp,
    )
