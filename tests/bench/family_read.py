"""`accounts.family_read`: a family's file through its door, over the one SQL question behind it."""

import asyncio
import base64
import json
import logging
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from fastapi import FastAPI

from accounts.api.family_input import family_from
from accounts.api.family_schemas import FamilyIn
from accounts.bootstrap import describe
from accounts.resources import resources_of
from accounts.settings import Settings
from accounts.use_cases.record_family import record_family
from bench.figures import Figure
from chassis.app import build_runtime, create_app
from chassis.auth import Audience, Principal
from chassis.runtime import Runtime
from chassis.settings import SharedSettings
from portail_local.demo_data.families import FAMILIES, as_body
from support.databases import Databases, ServiceDatabase
from support.servers import Servers

Read = Callable[[int, UUID], Awaitable[None]]

READERS = 4
ROUNDS, SECONDS = 12, 0.5
"""Both are measured in turn, round after round: a busy machine slows both alike."""
COPIES = 200
"""Of the ten families of the demo: the tables do not fit in one page."""

# As somebody would write it who wants nothing but the file, as JSON.
BY_HAND = """
SELECT json_build_object('family', to_json(f),
    'guardians', (SELECT json_agg(g ORDER BY position) FROM guardians g
        WHERE g.family_id = f.family_id),
    'contacts', (SELECT json_agg(c ORDER BY position) FROM contacts c
        WHERE c.family_id = f.family_id),
    'children', (SELECT json_agg(c ORDER BY position) FROM children c
        WHERE c.family_id = f.family_id),
    'quotients', (SELECT json_agg(q) FROM quotients q WHERE q.family_id = f.family_id))
FROM families f WHERE f.family_id = $1
"""


async def measure(servers: Servers) -> list[Figure]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    database = await Databases(servers.postgres.admin_url).fresh("accounts")
    service = describe(_settings(database), _shared())
    runtime = build_runtime(service)
    try:
        families = await _fill(runtime)
        runtime.authenticate = _reader_of(families)
        app = create_app(service, runtime)
        ours, limit = await _in_turn(_through_the_door(app), database, families)
    finally:
        resources_of(runtime).hasher.close()
        await runtime.database.close()
    return [
        Figure("accounts.family_read", ours, limit, "files/s", ">= 0.4", "one SQL question by hand")
    ]


async def _fill(runtime: Runtime) -> list[UUID]:
    """The demo's families, many times over."""
    now = runtime.clock.now()
    found = []
    for copy in range(COPIES):
        family = FAMILIES[copy % len(FAMILIES)]
        body = FamilyIn.model_validate({**as_body(family, now.date()), "reference": f"B-{copy}"})
        async with runtime.database.transaction() as transaction:
            wanted = family_from(body, now)
            await record_family(transaction, wanted, body.model_dump_json(), now)
        found.append(wanted.family_id)
    return found


def _reader_of(families: list[UUID]) -> Callable[[str], Awaitable[Principal]]:
    async def authenticate(token: str) -> Principal:
        return Principal("1", "Famille", frozenset({Audience.FAMILY}), families[int(token)])

    return authenticate


def _through_the_door(app: FastAPI) -> Read:
    """The application itself, without a client's own cost."""

    async def read(place: int, _: UUID) -> None:
        status, body = await _call(app, f"Bearer {place}")
        assert status == 200, body
        assert json.loads(body)["guardians"]

    return read


async def _call(app: FastAPI, bearer: str) -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/v1/me/family",
        "raw_path": b"/v1/me/family",
        "query_string": b"",
        "headers": [(b"host", b"accounts"), (b"authorization", bearer.encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    await app(scope, receive, send)
    body = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
    return int(sent[0]["status"]), body


async def _in_turn(
    door: Read, database: ServiceDatabase, families: list[UUID]
) -> tuple[float, float]:
    """The medians of the door's rate and of the rate by hand."""
    url = database.runtime_url.replace("postgresql+asyncpg", "postgresql")
    pool = await asyncpg.create_pool(url, min_size=READERS, max_size=READERS)

    async def by_hand(_: int, family_id: UUID) -> None:
        async with pool.acquire() as connection:
            assert json.loads(await connection.fetchval(BY_HAND, family_id))["guardians"]

    ours, limit = [], []
    try:
        for _ in range(ROUNDS):
            ours.append(await _rate(door, families))
            limit.append(await _rate(by_hand, families))
    finally:
        await pool.close()
    return statistics.median(ours), statistics.median(limit)


async def _rate(read: Read, families: list[UUID]) -> float:
    """Files a second by some readers at once, once warm."""
    for place, family_id in enumerate(families[:20]):
        await read(place, family_id)
    done = 0
    until = time.perf_counter() + SECONDS

    async def reader(first: int) -> None:
        nonlocal done
        place = first
        while time.perf_counter() < until:
            await read(place, families[place])
            done += 1
            place = (place + READERS) % len(families)

    started = time.perf_counter()
    await asyncio.gather(*(reader(first) for first in range(READERS)))
    return done / (time.perf_counter() - started)


def _settings(database: ServiceDatabase) -> Settings:
    return Settings(
        port=1,
        database_url=database.runtime_url,
        migration_database_url=database.owner_url,
        broker_urls=["amqp://nowhere"],
        service_secret="a-secret-only-for-bench",
        master_key=base64.b64encode(bytes(range(32))).decode(),
        service_secrets={"gateway": "a-secret-only-for-bench"},
    )


def _shared() -> SharedSettings:
    nowhere = "http://127.0.0.1:9"
    return SharedSettings(
        accounts_url=nowhere, enrolment_url=nowhere, billing_url=nowhere, messaging_url=nowhere
    )
