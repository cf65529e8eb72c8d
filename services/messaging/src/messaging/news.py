"""Word that something was written, for whoever waits for it in this process."""

import asyncio


class News:
    """Take `next` before looking: what is told after that is not missed."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    @property
    def next(self) -> asyncio.Event:
        return self._next

    def tell(self, *_: object) -> None:
        told, self._next = self._next, asyncio.Event()
        told.set()
