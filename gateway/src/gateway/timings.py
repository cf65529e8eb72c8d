"""How long a page takes to write once its services have answered."""

import time
from contextvars import ContextVar


class _Stopwatch:
    """One request's; calls made side by side share it."""

    def __init__(self) -> None:
        self.at = time.perf_counter()


_stopwatch: ContextVar[_Stopwatch | None] = ContextVar("stopwatch", default=None)


def begin() -> None:
    """At the start of a request, before its calls are made."""
    _stopwatch.set(_Stopwatch())


def answered() -> None:
    """A service answered, or was given up on: the last one counts."""
    if (stopwatch := _stopwatch.get()) is not None:
        stopwatch.at = time.perf_counter()


def since_last_answer_ms() -> float:
    """Milliseconds of our own work: from answers to shapes, from shapes to the page."""
    stopwatch = _stopwatch.get()
    return 0.0 if stopwatch is None else 1000 * (time.perf_counter() - stopwatch.at)
