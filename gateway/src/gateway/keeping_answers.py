"""Answers of the services, kept for as long as the data they tell of stay as they are.

Kept in memory only, bounded, for a minute at most; never anything about health.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Generic, TypeVar

import aiohttp

from chassis.clock import Clock
from chassis.data_version import minute_of
from chassis.peers import PeerRefused, Peers, PeerUnavailable
from chassis.together import Together
from portail_contracts.catalogue import Context

from .rounds import Answer, Question, Round

KEEPABLE: Final = frozenset(
    {
        (Context.ACCOUNTS, "/v1/me/family"),
        (Context.ACCOUNTS, "/v1/me/documents"),
        (Context.ENROLMENT, "/v1/me/agenda"),
        (Context.ENROLMENT, "/v1/me/week"),
        (Context.ENROLMENT, "/v1/me/absence-reasons"),
        (Context.ENROLMENT, "/v1/me/requests/count"),
        (Context.BILLING, "/v1/me/summary"),
        (Context.BILLING, "/v1/me/rates"),
        (Context.BILLING, "/v1/me/invoices"),
        (Context.MESSAGING, "/v1/me/counts"),
    }
)
"""Read without being noted, and of no health: whatever is not named here is asked each time."""

VERSION_SECONDS: Final = 0.5
"""A service that does not say in time how its data stand is asked the question itself."""

OVERHEAD: Final = 1024
"""Bytes that something kept takes beside its content."""

Kept = TypeVar("Kept")


@dataclass
class _Entry(Generic[Kept]):
    value: Kept
    weight: int
    minute: int


@dataclass
class Shelf(Generic[Kept]):
    """The most lately used, up to so many bytes, of this minute and the one before."""

    bytes_at_most: int
    clock: Clock
    _entries: OrderedDict[Hashable, _Entry[Kept]] = field(default_factory=OrderedDict)
    _weight: int = 0
    _swept: int = 0

    def get(self, key: Hashable) -> Kept | None:
        self._sweep(minute_of(self.clock.now()))
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry.value

    def put(self, key: Hashable, value: Kept, size: int) -> None:
        self.drop(key)
        weight = size + OVERHEAD
        if weight > self.bytes_at_most:
            return
        self._entries[key] = _Entry(value, weight, minute_of(self.clock.now()))
        self._weight += weight
        while self._weight > self.bytes_at_most:
            self.drop(next(iter(self._entries)))

    def drop(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._weight -= entry.weight

    def _sweep(self, minute: int) -> None:
        """Nobody's data stay in memory for having been looked at once."""
        if minute == self._swept:
            return
        self._swept = minute
        for key in [key for key, entry in self._entries.items() if entry.minute < minute - 1]:
            self.drop(key)

    @property
    def weight(self) -> int:
        return self._weight

    def __len__(self) -> int:
        return len(self._entries)


class Answers:
    """What the services said, and whether they would say it again."""

    def __init__(self, peers: Peers, clock: Clock, bytes_at_most: int) -> None:
        self._peers, self._clock = peers, clock
        self._shelf: Shelf[Answer] = Shelf(bytes_at_most, clock)
        self._versions = {
            peer: Together(partial(peers.data_version, peer, timeout=_total(VERSION_SECONDS)))
            for peer in Context
        }

    async def find(self, question: Question, of: Round) -> Answer | None:
        """What was said before, if it still stands."""
        known = None if of.is_fresh else self._shelf.get(question)
        if known is None:
            return None
        if not await self.stands(known, of):
            # Not even looked for again: a service that is slow to vouch is waited for once.
            self._shelf.drop(question)
            return None
        of.answers.append(known)
        return known

    async def read(
        self, question: Question, seconds: float, of: Round
    ) -> tuple[bytes, Answer | None]:
        """What is said now; as an answer to keep, if its service labels it.

        Raises PeerUnavailable or PeerRefused.
        """
        if (going := of.heard.pop(question, None)) is not None:
            return await going
        return await self._read(question, seconds)

    async def _read(self, question: Question, seconds: float) -> tuple[bytes, Answer | None]:
        content, version = await self._peers.read(
            question.peer,
            question.path,
            token=question.token,
            labelled=True,
            params=question.params,
            timeout=_total(seconds),
        )
        return content, Answer(question, content, version) if version else None

    def keep(self, answer: Answer, of: Round) -> None:
        of.answers.append(answer)
        self._shelf.put(answer.question, answer, len(answer.content))

    async def again(self, known: Answer, of: Round, seconds: float) -> Answer | None:
        """The same answer, of the data as they stand now; None when it is another, or none."""
        going = asyncio.ensure_future(self._read(known.question, seconds))
        of.heard[known.question] = going
        try:
            content, answer = await asyncio.shield(going)
        except (PeerUnavailable, PeerRefused, AttributeError, TypeError):
            return None
        if answer is None or content != known.content:
            return None
        answer.until = known.until
        self._shelf.put(answer.question, answer, len(answer.content))
        return answer

    async def stands(self, answer: Answer, of: Round) -> bool:
        """Whether its service would say the same now."""
        if answer.until is not None and self._clock.now() >= answer.until:
            return False
        peer = answer.question.peer
        return (await self.versions({peer}, of))[peer] == answer.version

    async def versions(self, peers: Collection[Context], of: Round) -> dict[Context, str | None]:
        """Of a moment after the request began; None where a service does not say."""
        for peer in peers:
            if peer not in of.versions:
                of.versions[peer] = self._versions[peer].asked()
        return {peer: await _or_none(of.versions[peer]) for peer in peers}


async def _or_none(asked: asyncio.Future[str]) -> str | None:
    try:
        return await asyncio.shield(asked)
    except (PeerUnavailable, PeerRefused, LookupError, TypeError):
        return None


def _total(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds)
