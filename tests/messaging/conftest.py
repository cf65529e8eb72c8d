"""Messaging on a real database, in this process or behind a real server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from sqlalchemy import text

from chassis.app import build_runtime, create_app
from chassis.auth import Audience, Principal, unauthenticated
from chassis.clock import SteppedClock
from chassis.ending import end_all
from chassis.identifiers import new_id
from chassis.runtime import Runtime, Service
from chassis.serving import server_for
from messaging import bootstrap
from portail_local.servers import free_port


@dataclass
class Messaging:
    """The running service and who may knock at its door."""

    service: Service
    runtime: Runtime
    client: httpx.AsyncClient
    principals: dict[str, Principal]

    async def handle(self, *events: Any) -> None:
        """Each event through its real handler, in a transaction of its own."""
        handlers = self.service.handlers(self.runtime)
        for event in events:
            async with self.runtime.database.transaction() as transaction:
                await handlers[type(event)](transaction, event)

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.runtime.database.reading() as connection:
            return list((await connection.execute(text(statement), values)).all())

    def as_family(self, family_id: UUID) -> dict[str, str]:
        return self.signed_in(
            Principal(str(new_id()), "Noisetier", frozenset({Audience.FAMILY}), family_id)
        )

    def as_guardian(self, family_id: UUID, guardian_id: UUID) -> dict[str, str]:
        """With an access of their own."""
        return self.signed_in(
            Principal(
                str(new_id()),
                "Ana Noisetier",
                frozenset({Audience.FAMILY}),
                family_id,
                guardian_id=guardian_id,
            )
        )

    def signed_in(self, principal: Principal) -> dict[str, str]:
        token = f"token-{len(self.principals)}"
        self.principals[token] = principal
        return {"Authorization": f"Bearer {token}"}

    def stop(self, server: uvicorn.Server) -> None:
        """What SIGTERM does to a service."""
        self.runtime.stopping.set()
        server.should_exit = True

    @asynccontextmanager
    async def served(self) -> AsyncIterator[tuple[str, uvicorn.Server]]:
        """The real application behind uvicorn, as the chassis's runner sets it up."""
        port = free_port()
        app = create_app(self.service, self.runtime)
        server = server_for(app, "127.0.0.1", port)
        background = [asyncio.create_task(run(self.runtime)) for run in self.service.background]
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}", server
        self.stop(server)
        await serving
        await end_all(background)


@pytest.fixture
async def messaging(
    service_database: Callable[[str], Awaitable[tuple[str, str]]],
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Messaging]:
    url, owner_url = await service_database("messaging")
    for name, value in {
        "MESSAGING_DATABASE_URL": url,
        "MESSAGING_MIGRATION_DATABASE_URL": owner_url,
        "MESSAGING_PORT": "1",
        "MESSAGING_BROKER_URLS": "amqp://nowhere",
        "MESSAGING_SERVICE_SECRET": "secret",
        **{
            f"PORTAIL_{context}_URL": "http://nowhere"
            for context in ("ACCOUNTS", "ENROLMENT", "BILLING", "MESSAGING")
        },
    }.items():
        monkeypatch.setenv(name, value)
    service = bootstrap.service()
    runtime = build_runtime(service)
    runtime.clock = clock
    runtime.own = service.own(runtime)
    principals: dict[str, Principal] = {}

    async def authenticate(token: str) -> Principal:
        if token not in principals:
            raise unauthenticated()
        return principals[token]

    runtime.authenticate = authenticate
    transport = httpx.ASGITransport(create_app(service, runtime))
    async with httpx.AsyncClient(transport=transport, base_url="http://messaging") as client:
        yield Messaging(service, runtime, client, principals)
    await runtime.database.close()
