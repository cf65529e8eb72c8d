"""Billing on a real database, with accounts played by a dictionary."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest

from billing import bootstrap
from billing.use_cases.create_rate_grid import create_rate_grid
from chassis.app import build_runtime, create_app
from chassis.auth import Audience, Principal, unauthenticated
from chassis.clock import SteppedClock
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.runtime import Runtime

from .examples import DAY, MEAL, NOON


@dataclass
class FakeAccounts:
    """Accounts as seen over HTTP."""

    families: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    away: bool = False
    asked: int = 0

    async def get(self, _peer: object, path: str) -> Any:
        self.asked += 1
        if self.away:
            raise PeerUnavailable("accounts")
        family = self.families.get(UUID(path.rpartition("/")[2]))
        if family is None:
            raise PeerRefused(404, {})
        return family

    async def close(self) -> None:
        pass


@dataclass
class Billing:
    """The running service and who may knock at its door."""

    runtime: Runtime
    accounts: FakeAccounts
    client: httpx.AsyncClient
    principals: dict[str, Principal]

    async def handle(self, *events: Any) -> None:
        """Each event through its real handler, in a transaction of its own."""
        handlers = bootstrap.service().handlers(self.runtime)
        for event in events:
            async with self.runtime.database.transaction() as transaction:
                await handlers[type(event)](transaction, event)

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        from sqlalchemy import text

        async with self.runtime.database.reading() as connection:
            return list((await connection.execute(text(statement), values)).all())

    def signed_in(self, principal: Principal) -> dict[str, str]:
        token = f"token-{len(self.principals)}"
        self.principals[token] = principal
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def billing(
    service_database: Callable[[str], Awaitable[tuple[str, str]]],
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Billing]:
    url, owner_url = await service_database("billing")
    for name, value in {
        "BILLING_DATABASE_URL": url,
        "BILLING_MIGRATION_DATABASE_URL": owner_url,
        "BILLING_PORT": "1",
        "BILLING_BROKER_URLS": "amqp://nowhere",
        "BILLING_SERVICE_SECRET": "secret",
        **{
            f"PORTAIL_{context}_URL": "http://nowhere"
            for context in ("ACCOUNTS", "ENROLMENT", "BILLING", "MESSAGING")
        },
    }.items():
        monkeypatch.setenv(name, value)
    service = bootstrap.service()
    runtime = build_runtime(service)
    accounts = FakeAccounts()
    principals: dict[str, Principal] = {}

    async def authenticate(token: str) -> Principal:
        if token not in principals:
            raise unauthenticated()
        return principals[token]

    runtime.clock, runtime.peers, runtime.authenticate = clock, accounts, authenticate  # type: ignore[assignment]
    transport = httpx.ASGITransport(create_app(service, runtime))
    async with httpx.AsyncClient(transport=transport, base_url="http://billing") as client:
        yield Billing(runtime, accounts, client, principals)
    await runtime.database.close()


@pytest.fixture
async def priced(billing: Billing) -> AsyncIterator[Billing]:
    """With the price table of domain.md."""
    async with billing.runtime.database.transaction() as transaction:
        for grid in (DAY, MEAL):
            await create_rate_grid(transaction, grid, "test", NOON)
    yield billing
    await billing.runtime.documents.close()


@pytest.fixture
def cashier(billing: Billing) -> dict[str, str]:
    """What the cash office's requests carry."""
    return billing.signed_in(Principal("1", "Paul Mercier", frozenset({Audience.CASH_OFFICE})))
