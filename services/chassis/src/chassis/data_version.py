"""Which state of a service's data an answer tells of, so that whoever kept it can ask whether it
still is the state (decision 52).

PostgreSQL's snapshot names every transaction that is over: two that are written alike see the same
rows, whoever writes, in whatever table, by hand included. Nothing has to be counted or remembered.
"""

from datetime import datetime
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .clock import Clock
from .database import Database
from .telemetry import logger
from .together import Together

HEADER: Final = "Data-Version"
"""Sent with any value, it asks; it comes back with a label, or not at all."""

DOOR: Final = "/v1/internal/data-version"
SNAPSHOT = "SELECT pg_postmaster_start_time()::text || ' ' || pg_current_snapshot()::text"
"""The start too: a database put back to yesterday counts its transactions from yesterday."""

_NAME = HEADER.lower().encode()

log = logger(__name__)


class DataVersion:
    """Labels of the data's state."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._clock = clock
        self._snapshot = Together(lambda: database.ask(SNAPSHOT))

    async def now(self) -> str:
        """The same label later: nothing was committed in between, nor did a minute pass.

        Many answers depend on the time, and what they depend on falls on whole minutes.
        """
        snapshot = await self._snapshot()
        return f"{snapshot} {minute_of(self._clock.now())}"


def minute_of(instant: datetime) -> int:
    return int(instant.timestamp() // 60)


class VersionTold:
    """Labels good answers for whoever asks for it.

    The label is read before the answer is made: should something be committed in between, the
    label is already the former one, and the answer counts as old.
    """

    def __init__(self, app: ASGIApp, version: DataVersion) -> None:
        self._app, self._version = app, version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http" and any(name == _NAME for name, _ in scope["headers"])
        label = await self._label() if asks else None
        if label is None:
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message["headers"] = [*message.get("headers", ()), (_NAME, label)]
            await send(message)

        await self._app(scope, receive, sending)

    async def _label(self) -> bytes | None:
        try:
            return (await self._version.now()).encode()
        except Exception as error:  # whatever it is: the answer is then simply not kept
            log.warning("data_version.unknown", error=type(error).__name__)
            return None
