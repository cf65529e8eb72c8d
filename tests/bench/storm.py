"""Opening day: `enrolment.storm_p95_ms`, its growth, and the worst case where all knock at once.

The parents are one process, the door of enrolment another, PostgreSQL the others: on two cores
they take time from each other, so the figures say what a small machine does with all of them.
"""

import asyncio
import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
from sqlalchemy import text

from bench.figures import Figure
from chassis.identifiers import new_id
from chassis.runtime import Runtime
from portail_local.servers.ports import free_port
from support.databases import ServiceDatabase

FAMILIES, FEW = 1_500, 50
PLACES = 120
FIRST_MINUTE = 0.7
AGAIN = frozenset({429, 503})
ALLOWED = frozenset({200, 201, 409, *AGAIN})


@dataclass
class Town:
    """Families with their children, the Wednesday's slot, and its days."""

    families: list[tuple[UUID, list[UUID]]]
    slot_id: UUID
    activity_id: UUID
    days: list[Any] = field(default_factory=list)


@dataclass
class Storm:
    """What the parents saw, in milliseconds: each answer, and from the first knock to the end."""

    seen: Counter[int] = field(default_factory=Counter)
    submissions: list[float] = field(default_factory=list)
    agendas: list[float] = field(default_factory=list)
    receipts: list[float] = field(default_factory=list)

    def show(self, name: str) -> None:
        turned_away = sum(self.seen[status] for status in AGAIN)
        print(
            f"  {name}: {dict(self.seen)}, told to come back {turned_away} times; p95 in ms:"
            f" submission {p95(self.submissions):.0f}, agenda {p95(self.agendas):.0f}, from the"
            f" first knock to the receipt {p95(self.receipts):.0f};"
            f" load {os.getloadavg()[0]:.1f}",
            flush=True,
        )


async def storms(runtime: Runtime, town: Town, database: ServiceDatabase) -> list[Figure]:
    chance = random.Random(2026)  # noqa: S311 - the same storm every time, not a secret
    few = await _storm(runtime, town, database, [_arrival(chance, 10.0) for _ in range(FEW)])
    few.show(f"{FEW} families")
    many = await _storm(runtime, town, database, [_arrival(chance, 60.0) for _ in range(FAMILIES)])
    many.show(f"{FAMILIES} families, seven in ten within the first minute")
    at_once = await _storm(runtime, town, database, [0.0] * FAMILIES)
    at_once.show(f"{FAMILIES} families at one instant")
    name, aim = "enrolment.storm", "the aim, 1,500 families"
    return [
        Figure(f"{name}_p95_ms", p95(many.submissions), 500.0, "ms", "< 500", aim),
        Figure(f"{name}_growth", p95(many.submissions), p95(few.submissions), "ms", "growth", "50"),
        Figure(f"{name}_agenda_ms", p95(many.agendas), p95(few.agendas), "ms", "growth", "50"),
        Figure(f"{name}_receipt_s", p95(many.receipts) / 1000, None, "s", "p95, first knock"),
        Figure(f"{name}_at_once_s", p95(at_once.receipts) / 1000, None, "s", "worst case"),
    ]


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _arrival(chance: random.Random, minute: float) -> float:
    """Seven in ten within the first minute, the rest within the next half."""
    if chance.random() < FIRST_MINUTE:
        return chance.uniform(0, minute)
    return chance.uniform(minute, minute * 1.5)


async def run(runtime: Runtime, *statements: str) -> None:
    async with runtime.database.transaction() as transaction:
        for statement in statements:
            if statement.strip():
                await transaction.connection.execute(text(statement))


async def analyse(database: ServiceDatabase) -> None:
    """As autovacuum would have done the day before; only the owner of the tables may."""
    connection = await asyncpg.connect(database.owner_url.replace("+asyncpg", ""))
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def rows(runtime: Runtime, statement: str) -> list[Any]:
    async with runtime.database.reading() as connection:
        return list((await connection.execute(text(statement))).all())


async def _storm(
    runtime: Runtime, town: Town, database: ServiceDatabase, arrivals: list[float]
) -> Storm:
    """A parent for each arrival, in seconds; proves what was given."""
    days = town.days[:3]
    await run(
        runtime,
        *(f"DELETE FROM {t}" for t in ("request_lines", "bookings", "request_transitions")),
        "DELETE FROM requests",
        "DELETE FROM outbox",
        f"UPDATE places SET booked = 0, held = 0, waiting = 0, capacity = {PLACES}"
        f" WHERE activity_id = '{town.activity_id}'",
    )
    await analyse(database)
    port = free_port()
    door = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.opening_door",
        str(port),
        cwd=Path(__file__).parents[1],
        env={**os.environ, **settings(database), "PYTHONPATH": "."},
    )
    storm = Storm()
    # Each parent has a connection of its own, as a browser has.
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=4)
    try:
        async with aiohttp.ClientSession(
            f"http://127.0.0.1:{port}", connector=connector
        ) as parents:
            await _until_open(parents)
            await asyncio.gather(
                *(
                    _Parent(parents, town, number, days, storm).come(arrives)
                    for number, arrives in enumerate(arrivals)
                )
            )
    finally:
        door.terminate()
        await door.wait()
    assert set(storm.seen) <= ALLOWED, storm.seen
    await _exactly(runtime, town, days, len(arrivals))
    return storm


def settings(database: ServiceDatabase) -> dict[str, str]:
    """Enrolment's settings where only its database is really there."""
    return {
        **{
            f"PORTAIL_{c}_URL": "http://127.0.0.1:9"
            for c in ("ACCOUNTS", "ENROLMENT", "BILLING", "MESSAGING")
        },
        "ENROLMENT_DATABASE_URL": database.runtime_url,
        "ENROLMENT_MIGRATION_DATABASE_URL": database.owner_url,
        "ENROLMENT_PORT": "1",
        "ENROLMENT_BROKER_URLS": "amqp://nowhere",
        "ENROLMENT_SERVICE_SECRET": "secret",
        "PORTAIL_LOG_LEVEL": "ERROR",
    }


async def _until_open(parents: aiohttp.ClientSession) -> None:
    while True:
        try:
            async with parents.get("/health/live") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)


@dataclass
class _Parent:
    """Looks at the month, asks for one child's days, and again when told to come back."""

    browser: aiohttp.ClientSession
    town: Town
    number: int
    days: list[Any]
    storm: Storm

    async def come(self, arrives: float) -> None:
        family_id, children = self.town.families[self.number]
        headers = {"Authorization": f"Bearer {family_id}"}
        month = {"month": f"{self.days[0]:%Y-%m}"}
        lines = [
            {"child_id": str(children[0]), "slot_id": str(self.town.slot_id), "day": f"{day}"}
            for day in self.days
        ]
        body = {"request_id": str(new_id()), "kind": "booking.request", "lines": lines}
        await asyncio.sleep(arrives)
        knocked = time.perf_counter()
        await self._insist(
            lambda: self.browser.get("/v1/me/agenda", params=month, headers=headers),
            self.storm.agendas,
        )
        await self._insist(
            lambda: self.browser.post("/v1/me/requests", json=body, headers=headers),
            self.storm.submissions,
        )
        self.storm.receipts.append(1000 * (time.perf_counter() - knocked))

    async def _insist(self, ask: Callable[[], Any], taken: list[float]) -> None:
        while True:
            started = time.perf_counter()
            async with ask() as answer:
                await answer.read()
            taken.append(1000 * (time.perf_counter() - started))
            self.storm.seen[answer.status] += 1
            if answer.status not in AGAIN:
                return
            await asyncio.sleep(float(answer.headers["Retry-After"]))


async def _exactly(runtime: Runtime, town: Town, days: list[Any], families: int) -> None:
    """Confirmed and held are min(capacity, demand), the line is in the order of acceptance."""
    for day in days:
        where = f"activity_id = '{town.activity_id}' AND day = '{day}'"
        (counted,) = await rows(runtime, f"SELECT booked + held, waiting FROM places WHERE {where}")
        expected = (min(PLACES, families), max(families - PLACES, 0))
        assert tuple(counted) == expected, (day, tuple(counted), expected)
        line = await rows(
            runtime,
            "SELECT number FROM bookings JOIN requests USING (request_id)"
            f" WHERE {where} ORDER BY waiting_position NULLS FIRST, number",
        )
        numbers = [row.number for row in line]
        assert numbers == sorted(numbers), "the line is not in the order of acceptance"
