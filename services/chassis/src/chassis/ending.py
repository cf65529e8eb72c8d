"""Ending what runs beside: a cancellation may be swallowed on its way, so it is said again."""

import asyncio
from collections.abc import Collection
from typing import Any, Final

AGAIN_S: Final = 5.0
"""Seconds, longer than any of ours takes to close what it holds."""

TIMES: Final = 3


async def end_all(tasks: Collection[asyncio.Task[Any]], again_s: float = AGAIN_S) -> None:
    """Cancel them until all have ended, a few times; what they ended with is not told.

    One that will not end is left: the process ends whatever it does.
    """
    for _ in range(TIMES):
        if going := [task for task in tasks if not task.done()]:
            for task in going:
                task.cancel()
            await asyncio.wait(going, timeout=again_s)
    await asyncio.gather(*(task for task in tasks if task.done()), return_exceptions=True)
