"""What every service's HTTP side does: deny by default, problems, limits, traces."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import APIRouter
from pydantic import BaseModel, Field

import billing.store
from chassis.app import MAX_BODY, UndeclaredRoute, create_app
from chassis.auth import Audience, Principal, allow
from chassis.clock import SteppedClock, SystemClock
from chassis.database import Database, new_metadata
from chassis.migrations import is_fit
from chassis.peers import Peers, PeerUnavailable
from chassis.problems import Problem
from chassis.runtime import Runtime, Service
from chassis.settings import ServiceSettings, SharedSettings
from portail_contracts.catalogue import Context

MIGRATIONS = Path(billing.store.__file__).parent / "migrations"
FAMILY = Principal("f", "Noisetier", frozenset({Audience.FAMILY}), family_id=uuid4())
AGENT = Principal(str(uuid4()), "Roy", frozenset({Audience.SECRETARIAT}))
PEOPLE = {"family": FAMILY, "agent": AGENT}


class Note(BaseModel):
    text: str = Field(max_length=10)


def routes() -> APIRouter:
    router = APIRouter()

    @router.get("/family-only")
    async def family_only(principal: Annotated[Principal, allow(Audience.FAMILY)]) -> str:
        return principal.name

    @router.post("/note", dependencies=[allow(Audience.ANYONE)])
    async def note(body: Note) -> str:
        return body.text

    @router.get("/broken", dependencies=[allow(Audience.ANYONE)])
    async def broken() -> None:
        raise RuntimeError("Camille Noisetier")

    @router.get("/away", dependencies=[allow(Audience.ANYONE)])
    async def away() -> None:
        raise PeerUnavailable("accounts")

    @router.get("/full", dependencies=[allow(Audience.ANYONE)])
    async def full() -> None:
        raise Problem(
            409, "enrolment.capacity-reached", "Complet", "Il n’y a plus de place.", day="x"
        )

    return router


def build(*routers: APIRouter):
    shared = SharedSettings(accounts_url="", enrolment_url="", billing_url="", messaging_url="")
    settings = ServiceSettings(
        port=1,
        database_url="",
        migration_database_url="",
        broker_urls="amqp://x",
        service_secret="s",
    )
    clock = SystemClock()

    async def authenticate(token: str) -> Principal:
        if token not in PEOPLE:
            raise Problem(401, "portail.sign-in-needed", "Connectez-vous")
        return PEOPLE[token]

    runtime = Runtime(
        context=Context.BILLING,
        settings=settings,
        shared=shared,
        clock=clock,
        database=Database("postgresql+asyncpg://nobody@127.0.0.1:1/x", Context.BILLING, clock),
        peers=Peers("billing", shared, "s", clock),
        authenticate=authenticate,
    )
    service = Service(Context.BILLING, settings, shared, new_metadata(), Path("/nowhere"), routers)
    return create_app(service, runtime)


@pytest.fixture
def client() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(build(routes()), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://service")


def test_a_route_that_does_not_say_who_may_call_it_stops_the_start() -> None:
    router = APIRouter()

    @router.get("/forgotten")
    async def forgotten() -> None: ...

    with pytest.raises(UndeclaredRoute, match="GET /forgotten"):
        build(router)


@pytest.mark.parametrize(
    ("token", "status"), [(None, 401), ("stranger", 401), ("agent", 403), ("family", 200)]
)
async def test_only_the_declared_audience_passes(client, token, status) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    assert (await client.get("/family-only", headers=headers)).status_code == status


async def test_an_error_of_ours_shows_nothing_of_the_inside(client) -> None:
    answer = await client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Camille" not in answer.text
    assert "Traceback" not in answer.text
    assert len(answer.json()["correlation_id"]) == 32


async def test_a_problem_has_its_stable_type_and_its_french(client) -> None:
    answer = await client.get("/full")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:portail:problem:enrolment.capacity-reached"
    assert answer.json()["detail"] == "Il n’y a plus de place."
    assert answer.json()["day"] == "x"


async def test_a_peer_that_is_away_is_503_with_a_time_to_retry(client) -> None:
    answer = await client.get("/away")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


async def test_wrong_input_names_the_field_and_does_not_quote_it(client) -> None:
    answer = await client.post("/note", json={"text": "Camille Noisetier"})
    assert answer.status_code == 422
    assert answer.json()["fields"] == [{"field": "text", "rule": "string_too_long"}]
    assert "Camille" not in answer.text


async def test_an_announced_body_over_the_limit_is_refused(client) -> None:
    answer = await client.post("/note", content=b"x" * (MAX_BODY + 1))
    assert answer.status_code == 413


async def test_a_body_of_unannounced_length_is_limited_too(client) -> None:
    async def endless():
        for _ in range(40):
            yield b"x" * 65536

    answer = await client.post("/note", content=endless())
    assert answer.status_code == 413


async def test_the_caller_s_trace_is_continued_and_a_bad_one_replaced(client) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = await client.get("/full", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert answer.json()["correlation_id"] == trace
    answer = await client.get("/full", headers={"traceparent": "'; DROP TABLE"})
    assert len(answer.json()["correlation_id"]) == 32


async def test_it_is_live_without_its_database_but_not_ready(client) -> None:
    assert (await client.get("/health/live")).status_code == 200
    assert (await client.get("/health/ready")).status_code == 503
    assert "portail_http_seconds" in (await client.get("/metrics")).text


async def test_an_unknown_address_is_a_problem(client) -> None:
    answer = await client.get("/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_schema_of_a_later_release_is_served_and_an_older_one_is_not(databases) -> None:
    """The next release migrates while this one still runs, everywhere at once."""
    made = await databases.fresh("billing")
    clock = SteppedClock(datetime(2026, 11, 24, tzinfo=UTC))
    database = Database(made.runtime_url, Context.BILLING, clock, 1)
    owner = await asyncpg.connect(made.owner_url.replace("+asyncpg", ""))

    async def fit_at(revision: str | None) -> bool:
        await owner.execute("DELETE FROM alembic_version")
        if revision is not None:
            await owner.execute("INSERT INTO alembic_version VALUES ($1)", revision)
        return await is_fit(database, MIGRATIONS)

    assert await is_fit(database, MIGRATIONS)
    found = [await fit_at(revision) for revision in ("later", "0001", None)]
    await owner.close()
    await database.close()
    assert found == [True, False, False]
