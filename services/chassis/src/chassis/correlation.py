"""One id from the browser's click through every event to the last effect.

The gateway starts a trace; every hop over HTTP and AMQP carries it as W3C `traceparent`, whose
trace id is the correlation id that every log line shows.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

TRACEPARENT = re.compile(r"00-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-[0-9a-f]{2}")


@dataclass(frozen=True)
class Trace:
    """Where we are in the chain of causes."""

    correlation_id: str
    span_id: str
    causation_id: str | None = None
    parent_id: str | None = None
    """The span that this one was called from, in another process; None where a trace begins."""

    @property
    def traceparent(self) -> str:
        return f"00-{self.correlation_id}-{self.span_id}-01"

    def caused_by(self, event_id: str) -> "Trace":
        return replace(self, causation_id=event_id)


def new_trace() -> Trace:
    return Trace(correlation_id=secrets.token_hex(16), span_id=secrets.token_hex(8))


def trace_from(traceparent: str | None) -> Trace:
    """Continue the caller's trace, or begin one when there is none or it is not well-formed."""
    found = TRACEPARENT.fullmatch(traceparent or "")
    if found is None:
        return new_trace()
    return Trace(
        correlation_id=found["trace"], span_id=secrets.token_hex(8), parent_id=found["span"]
    )


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace:
    return _current.get() or new_trace()


@contextmanager
def tracing(trace: Trace) -> Iterator[Trace]:
    """Everything logged, recorded or called inside belongs to this trace."""
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)
