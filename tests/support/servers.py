"""A private PostgreSQL and a private RabbitMQ for one test process, started when first needed.

They live on an event loop in a thread of their own, because every test has a loop of its own.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from portail_local.servers import PrivatePostgres, PrivateRabbitMQ, free_port

HOME = Path(__file__).parents[2] / ".local" / "test"


def in_thread() -> asyncio.AbstractEventLoop:
    """An event loop that runs beside the tests' own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


class Servers:
    """Both servers of a run; each starts at its first use."""

    def __init__(self, *, durable: bool = False, name: str = "test") -> None:
        """`durable` keeps the flushes to disk: for benches; tests need only survive crashes.

        Servers of another `name` run beside them: for a test that kills its own.
        """
        self._durable = durable
        self._loop = in_thread()
        self._name = f"{name}{os.getpid()}"
        self._run = HOME / f"run-{self._name}"
        self._run.parent.mkdir(parents=True, exist_ok=True)
        self._postgres: PrivatePostgres | None = None
        self._rabbitmq: PrivateRabbitMQ | None = None

    @property
    def postgres(self) -> PrivatePostgres:
        if self._postgres is None:
            self._run.mkdir(exist_ok=True)
            self._postgres = PrivatePostgres(
                self._run / "postgres", free_port(), durable=self._durable
            )
            self.wait(self._postgres.start())
        return self._postgres

    @property
    def rabbitmq(self) -> PrivateRabbitMQ:
        if self._rabbitmq is None:
            self._run.mkdir(exist_ok=True)
            self._rabbitmq = PrivateRabbitMQ(
                self._run / "rabbitmq", self._name, free_port(), durable=self._durable
            )
            self.wait(self._rabbitmq.start())
        return self._rabbitmq

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine on the servers' loop, from any thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=120)

    def stop(self) -> None:
        for server in (self._rabbitmq, self._postgres):
            if server is not None:
                self.wait(server.remove())
        self._run.rmdir() if self._run.exists() and not any(self._run.iterdir()) else None
        self._loop.call_soon_threadsafe(self._loop.stop)
