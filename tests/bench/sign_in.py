"""`accounts.sign_in`: sign-ins a second through the door, over bare argon2 on the same cores."""

import asyncio
import base64
import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import structlog
from argon2 import PasswordHasher
from fastapi import FastAPI

from accounts.bootstrap import describe
from accounts.domain.family import Family, Guardian
from accounts.hashing import LANES, MEMORY_KIB, PASSES
from accounts.resources import Resources, resources_of
from accounts.settings import Settings
from accounts.use_cases.issue_credentials import NewAccess, issue_family_credentials
from accounts.use_cases.record_family import record_family
from bench.figures import Figure
from chassis.app import build_runtime, create_app
from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from chassis.runtime import Runtime
from chassis.settings import SharedSettings
from support.databases import Databases, ServiceDatabase
from support.servers import Servers

ACCESSES = 40
AT_ONCE = 12
SECONDS = 8.0
ROUNDS = 3
PASSWORD = "Libellule2026"
NOWHERE = "http://127.0.0.1:9"


async def measure(servers: Servers) -> list[Figure]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    database = await Databases(servers.postgres.admin_url).fresh("accounts")
    urls = {f"{name}_url": NOWHERE for name in ("accounts", "enrolment", "billing", "messaging")}
    service = describe(_settings(database), SharedSettings(**urls))
    runtime = build_runtime(service)
    own = resources_of(runtime)
    await _fill(runtime, own)
    try:
        # Turn by turn: the machine's pace changes, and both must meet the same.
        bare, ours = [], []
        for _ in range(ROUNDS):
            bare.append(_bare())
            ours.append(await _sign_ins(create_app(service, runtime), own))
    finally:
        own.hasher.close()
        await runtime.documents.close()
        await runtime.database.close()
    pairs = sorted(zip(ours, bare, strict=True), key=lambda pair: pair[0] / pair[1])
    median = pairs[len(pairs) // 2]
    return [Figure("accounts.sign_in", *median, "sign-ins/s", "ratio ≥ 0.85", "bare argon2")]


def _settings(database: ServiceDatabase) -> Settings:
    return Settings(
        port=0,
        database_url=database.runtime_url,
        migration_database_url=database.owner_url,
        broker_urls=["amqp://unused"],
        service_secret="unused-in-this-bench",
        master_key=base64.b64encode(bytes(32)).decode(),
        service_secrets={},
    )


async def _fill(runtime: Runtime, own: Resources) -> None:
    password_hash = await own.hasher.hash(PASSWORD)
    for number in range(ACCESSES):
        guardian = Guardian(new_id(), "Camille", "Noisetier", is_payer=True)
        family = Family(new_id(), 1, f"F-{number}", "Noisetier", True, (guardian,), (), ())
        async with runtime.database.transaction() as transaction:
            now = runtime.clock.now()
            await record_family(transaction, family, str(number), now)
            access = NewAccess(f"famille{number}", password_hash)
            await issue_family_credentials(transaction, family.family_id, access, now)


def _bare() -> float:
    """Verifications a second by as many threads as cores, and nothing else."""
    hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
    known = hasher.hash(PASSWORD)
    until = time.perf_counter() + SECONDS

    def work(_: int) -> int:
        done = 0
        while time.perf_counter() < until:
            hasher.verify(known, PASSWORD)
            done += 1
        return done

    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(work, range(threads))) / SECONDS


async def _sign_ins(app: FastAPI, own: Resources) -> float:
    token = (await own.keyring.token_for(_gateway())).token
    transport = httpx.ASGITransport(app)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://accounts", headers=headers
    ) as client:
        until = time.perf_counter() + SECONDS
        done = await asyncio.gather(*(_visitor(client, n, until) for n in range(AT_ONCE)))
    return sum(done) / SECONDS


def _gateway() -> Principal:
    return Principal("gateway", "gateway", frozenset({Audience.SERVICE}))


async def _visitor(client: httpx.AsyncClient, number: int, until: float) -> int:
    """One after another, each time another family from another address."""
    done = 0
    while time.perf_counter() < until:
        turn = (number + done * AT_ONCE) % ACCESSES
        body = {
            "identifier": f"famille{turn}",
            "password": PASSWORD,
            "door": "family",
            "address": f"192.0.2.{turn}",
        }
        answer = await client.post("/v1/sign-in", json=body)
        if answer.status_code != httpx.codes.OK:
            raise RuntimeError(f"{datetime.now(UTC)}: {answer.text}")
        done += 1
    return done
