"""Argon2id off the event loop, in a line that cannot grow without end."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from .domain.credential import prepared

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
"""19 MiB, two passes, one lane: OWASP's setting; 43 ms measured (architecture, section 6)."""


T = TypeVar("T")


class HashingBusy(Exception):
    """Everyone in line would wait too long: better to say so at once than to answer nobody."""


class Hasher:
    """As many threads as cores; argon2 leaves Python's lock while it works."""

    def __init__(self, line: int, cores: int | None = None) -> None:
        threads = cores or os.cpu_count() or 1
        self._argon2 = PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID
        )
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._room = threads + line
        # An identifier that nobody has costs the same as one that somebody has.
        self._decoy = self._argon2.hash(os.urandom(32).hex())

    async def hash(self, password: str) -> str:
        """Raises HashingBusy."""
        return await self._in_line(lambda: self._argon2.hash(prepared(password)))

    async def matches(self, known: str | None, password: str) -> bool:
        """Whether the password is the one; without a known hash it takes as long and is False.

        Raises HashingBusy.
        """
        found = await self._in_line(lambda: self._verify(known or self._decoy, password))
        return found and known is not None

    def is_outdated(self, known: str) -> bool:
        """Whether the hash was made with other settings than today's."""
        return self._argon2.check_needs_rehash(known)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _verify(self, known: str, password: str) -> bool:
        try:
            return self._argon2.verify(known, prepared(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _in_line(self, work: Callable[[], T]) -> T:
        if self._room <= 0:
            raise HashingBusy
        self._room -= 1
        # The place is given back when the thread is done, even if nobody waits for it any more:
        # a caller that hung up must not let another in while its hash still runs.
        future = self._pool.submit(work)
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _give_back(loop, self._leave))
        return await asyncio.wrap_future(future)

    def _leave(self) -> None:
        self._room += 1


def _give_back(loop: asyncio.AbstractEventLoop, leave: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop is closed: so is the service
        loop.call_soon_threadsafe(leave)
