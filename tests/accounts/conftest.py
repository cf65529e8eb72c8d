"""Accounts on a real PostgreSQL, called through HTTP."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select, text, update

from accounts.bootstrap import describe
from accounts.resources import Resources, resources_of
from accounts.settings import Settings
from accounts.store.staff import staff_member
from accounts.store.tables import credentials
from chassis.app import build_runtime, create_app
from chassis.auth import Audience, Principal
from chassis.broker.tables import outbox
from chassis.clock import SteppedClock
from chassis.runtime import Runtime
from chassis.settings import SharedSettings
from portail_contracts.envelope import Envelope
from support.databases import Databases, ServiceDatabase
from support.waiting import eventually

MASTER_KEY = base64.b64encode(bytes(range(32))).decode()
SERVICE_SECRET = "a-secret-only-for-tests"
PASSWORD = "petitnavire2026"
NOBODY = str(UUID(int=0))
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
UNUSED = "http://127.0.0.1:9"


def settings(database: ServiceDatabase, **changed: Any) -> Settings:
    usual: dict[str, Any] = {
        "port": 0,
        "database_url": database.runtime_url,
        "migration_database_url": database.owner_url,
        "broker_urls": ["amqp://unused"],
        "service_secret": SERVICE_SECRET,
        "master_key": MASTER_KEY,
        "service_secrets": {"gateway": SERVICE_SECRET, "billing": "another-secret-for-tests"},
    }
    return Settings(**{**usual, **changed})


def shared(beside: str = UNUSED) -> SharedSettings:
    return SharedSettings(
        accounts_url=beside, enrolment_url=beside, billing_url=UNUSED, messaging_url=UNUSED
    )


def family(**changed: Any) -> dict[str, Any]:
    """A family as staff send it."""
    return {
        "family_id": str(uuid4()),
        "reference": f"F-{uuid4().hex[:8]}",
        "name": "Noisetier",
        "resident": True,
        "guardians": [
            {"given_name": "Camille", "family_name": "Noisetier", "is_payer": True},
            {"given_name": "Sacha", "family_name": "D’Érable", "is_payer": False},
        ],
        "children": [
            {
                "child_id": str(uuid4()),
                "given_name": "Lou",
                "family_name": "Noisetier",
                "born_on": "2019-03-02",
            }
        ],
        "quotients": [{"valid_from": "2026-01-01", "valid_to": None, "value": 540}],
        **changed,
    }


@dataclass
class Accounts:
    """One running accounts, and ways to call it as anybody."""

    runtime: Runtime
    clock: SteppedClock
    client: httpx.AsyncClient
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def own(self) -> Resources:
        return resources_of(self.runtime)

    async def token(self, *audiences: Audience, **about: Any) -> str:
        principal = Principal(str(uuid4()), "Dominique", frozenset(audiences), **about)
        return (await self.own.keyring.token_for(principal)).token

    async def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", **options: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            options["json"] = body
        return await self.client.request(method, path, headers=headers, **options)

    async def as_staff(
        self, method: str, path: str, body: Any = None, role: Audience = Audience.ADMIN
    ) -> httpx.Response:
        return await self.call(method, path, body, token=await self.token(role))

    async def meet(self, lock: str, calls: Sequence[Awaitable[httpx.Response]]) -> Any:
        """The answers to calls that all wait behind this lock before any of them goes on."""
        database = self.runtime.database
        async with database.engine.connect() as holder:
            await holder.execute(text(lock))
            started = [asyncio.ensure_future(call) for call in calls]
            await eventually(self._waiting, lambda seen: seen == len(calls), within=60)
            await holder.rollback()
        return await asyncio.gather(*started)

    async def _waiting(self) -> int:
        """Connections of this database that wait for a lock."""
        async with self.runtime.database.asking() as connection:
            return int((await connection.execute(_WAITING)).scalar_one())

    async def as_service(self, method: str, path: str, body: Any = None) -> httpx.Response:
        asked = {"name": "gateway", "secret": SERVICE_SECRET}
        token = (await self.call("POST", "/v1/service-tokens", asked)).json()["token"]
        return await self.call(method, path, body, token=token)

    async def sign_in(
        self,
        identifier: str = "noisetier",
        password: str = PASSWORD,
        door: str = "family",
        address: str = "192.0.2.1",
    ) -> httpx.Response:
        body = {"identifier": identifier, "password": password, "door": door, "address": address}
        return await self.as_service("POST", "/v1/sign-in", body)

    async def add_family(self, identifier: str = "noisetier", **changed: Any) -> dict[str, Any]:
        """A family with an access."""
        made = await self.as_staff("POST", "/v1/staff/families", family(**changed))
        assert made.status_code == 201, made.text
        whole: dict[str, Any] = made.json()
        given = await self.as_staff(
            "POST",
            f"/v1/staff/families/{whole['family_id']}/credentials",
            {"identifier": identifier},
        )
        assert given.status_code == 201, given.text
        await self.choose_password(UUID(given.json()["account_id"]))
        return whole

    async def choose_password(self, account_id: UUID, password: str = PASSWORD) -> None:
        """As the holder does by a link, without the events that tell of it."""
        values = {
            "password_hash": await self.own.hasher.hash(password),
            "password_changed_at": self.clock.now(),
        }
        chosen = update(credentials).where(credentials.c.account_id == account_id).values(values)
        async with self.runtime.database.transaction() as transaction:
            await transaction.connection.execute(chosen)

    async def add_staff(
        self, identifier: str, *roles: str, name: str = "Dominique Renoncule"
    ) -> str:
        """A member of staff who has chosen a password; the id."""
        body = {"name": name, "identifier": identifier, "roles": list(roles)}
        made = await self.as_staff("POST", "/v1/staff/staff-members", body)
        assert made.status_code == 201, made.text
        staff_id: str = made.json()["staff_id"]
        async with self.runtime.database.reading() as connection:
            found = await staff_member(connection, UUID(staff_id))
        assert found is not None
        await self.choose_password(found.account_id)
        return staff_id

    async def recorded(self) -> list[Envelope]:
        """The events that wait to be published, in order."""
        async with self.runtime.database.reading() as connection:
            rows = await connection.execute(select(outbox.c.body).order_by(outbox.c.position))
            return [Envelope.from_bytes(bytes(body)) for body in rows.scalars()]


Start = Callable[..., Awaitable[Accounts]]


@dataclass
class Teams:
    """Enrolment's answer about an agent's centres; the real one is asked in the journeys."""

    seen: list[dict[str, str]] | None = None
    """Pairs of child and family; None vouches for whomever is asked about."""
    away: bool = False
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        if self.away:
            return web.json_response({}, status=503)
        asked = await request.json()
        named = {name: asked.get(f"{name}s") for name in ("child_id", "family_id")}
        if self.seen is None:
            kept = [{"child_id": one, "family_id": NOBODY} for one in named["child_id"] or ()]
            kept += [{"child_id": NOBODY, "family_id": one} for one in named["family_id"] or ()]
        else:
            asked_for = [(name, ids) for name, ids in named.items() if ids is not None]
            kept = [one for one in self.seen if all(one[name] in ids for name, ids in asked_for)]
        return web.json_response({"children": kept})


async def _own_token(_: web.Request) -> web.Response:
    return web.json_response({"token": "accounts itself"})


@pytest.fixture
async def teams() -> AsyncIterator[Teams]:
    found = Teams()
    application = web.Application()
    application.router.add_post("/v1/internal/centre-sight", found.answer)
    application.router.add_post("/v1/service-tokens", _own_token)
    async with TestServer(application) as server:
        found.url = str(server.make_url("/")).rstrip("/")
        yield found


@pytest.fixture
async def start(databases: Databases, clock: SteppedClock, teams: Teams) -> AsyncIterator[Start]:
    """Start one replica after another on the same database."""
    database = await databases.fresh("accounts")
    running: list[Accounts] = []

    async def one_more(**changed: Any) -> Accounts:
        service = describe(settings(database, **changed), shared(teams.url))
        runtime = build_runtime(service)
        runtime.clock = clock
        # Built with the machine's clock: everything that tells the time is made again with ours.
        runtime.own = service.own(runtime)
        runtime.database._clock = clock
        assert service.authenticate is not None
        runtime.authenticate = service.authenticate(runtime)
        transport = httpx.ASGITransport(create_app(service, runtime), raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://accounts")
        running.append(Accounts(runtime, clock, client))
        return running[-1]

    yield one_more
    for accounts in running:
        accounts.own.hasher.close()
        await accounts.client.aclose()
        await accounts.runtime.documents.close()
        await accounts.runtime.peers.close()
        await accounts.runtime.database.close()


@pytest.fixture
async def accounts(start: Start) -> Accounts:
    return await start()


def problem_type(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return str(answer.json()["type"]).removeprefix("urn:portail:problem:")


@pytest.fixture
def problem_of() -> Callable[[httpx.Response], str]:
    return problem_type


@pytest.fixture
def new_family() -> Callable[..., dict[str, Any]]:
    return family


@pytest.fixture
def other_id() -> UUID:
    return uuid4()
