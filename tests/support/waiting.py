"""Waiting for outcomes: poll until true, or say what was last seen."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from chassis.ending import end_all


async def eventually(
    look: Callable[[], Awaitable[Any]], wanted: Callable[[Any], bool], within: float = 15
) -> Any:
    """The first result that satisfies `wanted`; fails with the last one seen."""
    deadline = time.monotonic() + within
    while True:
        seen = await look()
        if wanted(seen):
            return seen
        assert time.monotonic() < deadline, f"after {within} s still: {repr(seen)[-400:]}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def running(*work: Any):
    """Background work for the length of a test; what it raised is raised here."""
    tasks = [asyncio.create_task(item) for item in work]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        await end_all(tasks)
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
