"""A service put together: what its doors, handlers and background work are given."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import MetaData

from portail_contracts.catalogue import Context

from .auth import Authenticate
from .broker.consumer import Handlers
from .clock import Clock
from .data_version import DataVersion
from .database import Completing, Database
from .documents import Documents
from .peers import Peers
from .problems import ProblemKinds
from .settings import ServiceSettings, SharedSettings


@dataclass
class Runtime:
    """One running service."""

    context: Context
    settings: ServiceSettings
    shared: SharedSettings
    clock: Clock
    database: Database
    peers: Peers
    authenticate: Authenticate
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process was asked to end: whatever would go on for ever looks at it."""

    documents: Documents = field(default_factory=Documents)
    """Makes PDFs; starts its processes at the first one, or early when the service `prints`."""

    own: Any = None
    """What the service itself needs beside (its bootstrap's `own` makes it)."""

    version: DataVersion = field(init=False)
    """Of everything in its database."""

    def __post_init__(self) -> None:
        self.version = DataVersion(self.database, self.clock)


@dataclass(frozen=True)
class Service:
    """One service described: bootstrap.py of each service returns this and nothing else."""

    context: Context
    settings: ServiceSettings
    shared: SharedSettings
    metadata: MetaData
    migrations: Path
    routers: Sequence[APIRouter]
    handlers: Callable[[Runtime], Handlers] = lambda _: {}
    own: Callable[[Runtime], Any] = lambda _: None
    authenticate: Callable[[Runtime], Authenticate] | None = None
    """Only accounts verifies with its own keys; everyone else asks it for the published ones."""
    background: Sequence[Callable[[Runtime], Coroutine[Any, Any, None]]] = ()
    """Runs beside the API, for ever."""
    completing: Completing | None = None
    """Completes the service's events as they are recorded."""
    prints: bool = False
    """Has the fonts checked before the start and the printing processes warmed."""
    problems: ProblemKinds = field(default_factory=dict)
    larger_bodies: Mapping[str, int] = field(default_factory=dict)
    """Bytes that paths may take beyond the common limit, by the pattern of the whole path."""
    commands: Mapping[str, Callable[[Runtime, Sequence[str]], Coroutine[Any, Any, None]]] = field(
        default_factory=dict
    )
    """Verbs of `python -m <service>` beyond the five that every service has."""


def runtime_of(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


async def _of_request(request: Request) -> Runtime:
    # A plain function would be called in another thread, at every request.
    return runtime_of(request)


RuntimeOf = Annotated[Runtime, Depends(_of_request)]
"""A route's way to the running service."""
