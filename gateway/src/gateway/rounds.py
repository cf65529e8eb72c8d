"""What one request for a page has learnt so far; see decision 52.

Only the wall of kept pages begins a round. Outside one nothing that was kept is ever used.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from chassis.identifiers import new_id
from portail_contracts.catalogue import Context


@dataclass(frozen=True)
class Question:
    """What was asked of a service, in whose name."""

    peer: Context
    path: str
    params: tuple[tuple[str, str], ...]
    token: str = field(repr=False)


@dataclass
class Answer:
    """What a service said, of which state of its data."""

    question: Question
    content: bytes = field(repr=False)
    version: str
    until: datetime | None = None
    """When it says something else by the mere passing of time; None: at the end of a minute, which
    its version tells."""


@dataclass
class Round:
    """One request's."""

    is_fresh: bool = False
    """The browser wants nothing that was kept."""

    versions: dict[Context, asyncio.Future[str]] = field(default_factory=dict)
    """Asked since the request began, each once."""

    heard: dict[Question, asyncio.Future[tuple[bytes, Answer | None]]] = field(default_factory=dict)
    """Asked already, to compare with what was kept."""

    answers: list[Answer] = field(default_factory=list)
    """All that the page is made of, if `is_whole`."""

    is_whole: bool = True
    request_ids: list[str] = field(default_factory=list)

    def spoil(self) -> None:
        """Something was asked, or done, that no one answers for later."""
        self.is_whole = False


_current: ContextVar[Round | None] = ContextVar("round", default=None)


def current_round() -> Round | None:
    return _current.get()


def spoil() -> None:
    if (now := _current.get()) is not None:
        now.spoil()


@contextmanager
def begun(is_fresh: bool) -> Iterator[Round]:
    mark = _current.set(found := Round(is_fresh))
    try:
        yield found
    finally:
        _current.reset(mark)


def fresh_request_id() -> str:
    """For a form: a kept page is given another one each time it is sent."""
    made = str(new_id())
    if (now := _current.get()) is not None:
        now.request_ids.append(made)
    return made
