"""`enrolment.submit`, `enrolment.agenda`, and opening day: `enrolment.storm_p95_ms`."""

import asyncio
import logging
import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import aiohttp
import asyncpg
import structlog
from sqlalchemy import text

from bench.figures import Figure
from bench.replaying import Replay, hearing
from chassis.app import build_runtime
from chassis.identifiers import new_id
from chassis.runtime import Runtime
from enrolment import bootstrap
from enrolment.domain.request import Actor, Channel
from enrolment.domain.submission import Line
from enrolment.own import own_of
from enrolment.use_cases.show_agenda import show_agenda
from enrolment.use_cases.submit_request import Submission, submit_request
from portail_local.servers.ports import free_port
from support.databases import Databases, ServiceDatabase
from support.servers import Servers

FAMILIES = 1_500
FEW = 50
PLACES = 120
FIRST_MINUTE = 0.7
TASKS = 4
SUBMISSIONS = 600
_CONTEXTS = ("ACCOUNTS", "ENROLMENT", "BILLING", "MESSAGING")

# Wednesdays of six months, one day slot; 1,500 families of two or three children of six and over.
FILL = f"""
INSERT INTO families SELECT gen_random_uuid(), 1, 'F-' || n, 'Famille ' || n
  FROM generate_series(1, {FAMILIES}) AS n;
INSERT INTO children SELECT gen_random_uuid(), family_id, 1, 'Lou', name, '2018-05-04'
  FROM families, generate_series(1, 3);
INSERT INTO centres (centre_id, name) VALUES (gen_random_uuid(), 'Les Libellules');
INSERT INTO activities (activity_id, centre_id, label, season, weekdays, capacity_under_six,
    capacity_six_and_over, waiting_list)
  SELECT gen_random_uuid(), centre_id, label, 'term', weekdays, 0, 100000, true
  FROM centres, (VALUES ('Mercredi', '{{3}}'::smallint[]), ('Cantine', '{{1,2,4,5}}'),
    ('Matin', '{{1,2,4,5}}'), ('Soir', '{{1,2,4,5}}')) AS a (label, weekdays);
INSERT INTO slots (slot_id, activity_id, label, starts, ends, meal, rate_code)
  SELECT gen_random_uuid(), activity_id, label,
    CASE label WHEN 'Matin' THEN '07:15' WHEN 'Cantine' THEN '11:30' WHEN 'Soir' THEN '16:30'
      ELSE '08:00' END::time,
    CASE label WHEN 'Matin' THEN '08:30' WHEN 'Cantine' THEN '13:30' ELSE '18:00' END::time,
    false, 'day' FROM activities;
INSERT INTO places (activity_id, day, age_group, capacity)
  SELECT activity_id, day::date, 'six_and_over', capacity_six_and_over
  FROM activities, generate_series(now() + '14 days', now() + '200 days', '1 day') AS day
  WHERE extract(isodow FROM day)::smallint = ANY (weekdays);
"""


async def measure(servers: Servers) -> list[Figure]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    database = await Databases(servers.postgres.admin_url).fresh("enrolment")
    with mock.patch.dict(os.environ, _settings(database)):
        runtime = build_runtime(bootstrap.service())
    await _run(runtime, *FILL.split(";"))
    town = await _town(runtime)
    try:
        figures = [
            await _submitting(runtime, town, database),
            await _agenda(runtime, town, database),
        ]
        few = await _storm(runtime, town, database, FEW, 10.0)
        many = await _storm(runtime, town, database, FAMILIES, 60.0)
    finally:
        await runtime.peers.close()
        await runtime.database.close()
    return [
        *figures,
        Figure("enrolment.storm_p95_ms", many, 500.0, "ms", "< 500", "the aim, 1,500 families"),
        Figure("enrolment.storm_growth", many, few, "ms", "growth", "p95 with 50 families"),
    ]


@dataclass
class Town:
    """Families with their children, the Wednesday's slot, and its days."""

    families: list[tuple[UUID, list[UUID]]]
    slot_id: UUID
    activity_id: UUID
    days: list[Any] = field(default_factory=list)


def _settings(database: ServiceDatabase) -> dict[str, str]:
    return {
        **{f"PORTAIL_{c}_URL": "http://127.0.0.1:9" for c in _CONTEXTS},
        "ENROLMENT_DATABASE_URL": database.runtime_url,
        "ENROLMENT_MIGRATION_DATABASE_URL": database.owner_url,
        "ENROLMENT_PORT": "1",
        "ENROLMENT_BROKER_URLS": "amqp://nowhere",
        "ENROLMENT_SERVICE_SECRET": "secret",
        "PORTAIL_LOG_LEVEL": "ERROR",
    }


async def _run(runtime: Runtime, *statements: str) -> None:
    async with runtime.database.transaction() as transaction:
        for statement in statements:
            if statement.strip():
                await transaction.connection.execute(text(statement))


async def _rows(runtime: Runtime, statement: str) -> list[Any]:
    async with runtime.database.reading() as connection:
        return list((await connection.execute(text(statement))).all())


async def _town(runtime: Runtime) -> Town:
    families = await _rows(
        runtime,
        "SELECT family_id, array_agg(child_id) FROM children GROUP BY family_id ORDER BY family_id",
    )
    (slot,) = await _rows(
        runtime, "SELECT slot_id, activity_id FROM slots WHERE label = 'Mercredi'"
    )
    days = await _rows(
        runtime,
        f"SELECT day FROM places WHERE activity_id = '{slot.activity_id}' ORDER BY day",
    )
    calendar = own_of(runtime).calendar
    return Town(
        [(row[0], list(row[1])) for row in families],
        slot.slot_id,
        slot.activity_id,
        # Term only, and no public holiday.
        [
            row.day
            for row in days
            if not calendar.school_holiday(row.day) and not calendar.public_holiday(row.day)
        ],
    )


# ---- submissions a second -----------------------------------------------------------


async def _submitting(runtime: Runtime, town: Town, database: ServiceDatabase) -> Figure:
    day = town.days[-1]

    async def submit(number: int) -> None:
        family_id, children = town.families[number]
        submission = Submission(
            new_id(),
            family_id,
            (Line(children[0], town.slot_id, day),),
            Actor(str(family_id), "Famille", Channel.PORTAL),
        )
        async with runtime.database.transaction() as transaction:
            await submit_request(
                transaction,
                submission,
                now=datetime.now(UTC),
                calendar=own_of(runtime).calendar,
            )

    with hearing(runtime.database.engine) as heard:
        await submit(0)
    family_id, children = town.families[0]
    known = {family_id, *children, town.slot_id, town.activity_id}
    used = {v for _, values in heard.statements for v in values if isinstance(v, UUID)}
    replay = Replay(heard, used - known)
    pool = await asyncpg.create_pool(_plain(database.runtime_url), min_size=TASKS, max_size=TASKS)

    async def raw(number: int) -> None:
        other, theirs = town.families[number]
        async with pool.acquire() as connection:
            stands_for = {family_id: other, **dict(zip(children, theirs, strict=True))}
            await replay.once(connection, stands_for, number)

    half = len(town.families) // 2
    ours = await _rate(submit, range(1, SUBMISSIONS))
    limit = await _rate(raw, range(half, half + SUBMISSIONS))
    await pool.close()
    return Figure("enrolment.submit", ours, limit, "/s", ">= 0.4", "the same SQL by raw asyncpg")


async def _rate(work: Callable[[int], Awaitable[None]], numbers: range) -> float:
    waiting = iter(numbers)

    async def some() -> None:
        for number in waiting:
            await work(number)

    started = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(TASKS)))
    return len(numbers) / (time.perf_counter() - started)


# ---- a month of three children --------------------------------------------------------


async def _agenda(runtime: Runtime, town: Town, database: ServiceDatabase) -> Figure:
    family_id = town.families[0][0]
    first = town.days[len(town.days) // 2].replace(day=1)
    last = first + timedelta(days=34)

    async def look() -> None:
        async with runtime.database.reading() as connection:
            view = await show_agenda(
                connection,
                family_id,
                first,
                last,
                now=datetime.now(UTC),
                terms=own_of(runtime),
            )
        assert len(view.children) == 3

    with hearing(runtime.database.engine) as heard:
        await look()
    connection = await asyncpg.connect(_plain(database.runtime_url))

    async def raw() -> None:
        for statement, parameters in heard.statements:
            await connection.fetch(statement, *parameters)

    ours, limit = await _median(look), await _median(raw)
    await connection.close()
    return Figure("enrolment.agenda", ours, limit, "ms", "one round trip", "its SQL by raw asyncpg")


async def _median(work: Callable[[], Awaitable[None]], rounds: int = 60) -> float:
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        await work()
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


def _plain(url: str) -> str:
    return url.replace("postgresql+asyncpg", "postgresql")


# ---- opening day ------------------------------------------------------------------------


_chance = random.Random(2026)  # noqa: S311 - the same storm every time, not a secret


async def _storm(
    runtime: Runtime, town: Town, database: ServiceDatabase, families: int, minute: float
) -> float:
    """Returns the 95th centile of all answers, in milliseconds, and proves what was given."""
    days = town.days[:3]
    await _run(
        runtime,
        "DELETE FROM request_lines",
        "DELETE FROM bookings",
        "DELETE FROM request_transitions",
        "DELETE FROM requests",
        "DELETE FROM outbox",
        f"UPDATE places SET booked = 0, held = 0, waiting = 0, capacity = {PLACES}"
        f" WHERE activity_id = '{town.activity_id}'",
    )
    port = free_port()
    door = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.opening_door",
        str(port),
        cwd=Path(__file__).parents[1],
        env={**os.environ, **_settings(database), "PYTHONPATH": "."},
    )
    seen: Counter[int] = Counter()
    taken: list[float] = []
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as parents:
            await _until_open(parents)
            await asyncio.gather(
                *(
                    _parent(parents, town, number, days, _arrival(minute), seen, taken)
                    for number in range(families)
                )
            )
    finally:
        door.terminate()
        await door.wait()
    assert set(seen) <= {200, 201, 409, 429, 503}, seen
    await _exactly(runtime, town, days, families)
    print(f"  storm of {families}: {dict(seen)}", flush=True)
    return statistics.quantiles(taken, n=20)[-1]


def _arrival(minute: float) -> float:
    """Seven in ten within the first minute, the rest within the next half."""
    if _chance.random() < FIRST_MINUTE:
        return _chance.uniform(0, minute)
    return _chance.uniform(minute, minute * 1.5)


async def _until_open(parents: aiohttp.ClientSession) -> None:
    while True:
        try:
            async with parents.get("/health/live") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)


async def _parent(
    parents: aiohttp.ClientSession,
    town: Town,
    number: int,
    days: list[Any],
    arrives: float,
    seen: Counter[int],
    taken: list[float],
) -> None:
    """Looks at the month, asks for one child's days, and again when told to come back."""
    family_id, children = town.families[number]
    headers = {"Authorization": f"Bearer {family_id}"}
    lines = [
        {"child_id": str(children[0]), "slot_id": str(town.slot_id), "day": f"{day}"}
        for day in days
    ]
    body = {"request_id": str(new_id()), "kind": "booking.request", "lines": lines}
    month = {"month": f"{days[0]:%Y-%m}"}
    await asyncio.sleep(arrives)
    await _timed(parents.get("/v1/me/agenda", params=month, headers=headers), seen, taken)
    while True:
        asked = parents.post("/v1/me/requests", json=body, headers=headers)
        status, again = await _timed(asked, seen, taken)
        if status not in (429, 503):
            return
        await asyncio.sleep(float(again) + _chance.random())


async def _timed(asked: Any, seen: Counter[int], taken: list[float]) -> tuple[int, str]:
    started = time.perf_counter()
    async with asked as answer:
        await answer.read()
    taken.append(1000 * (time.perf_counter() - started))
    seen[answer.status] += 1
    return answer.status, answer.headers.get("Retry-After", "")


async def _exactly(runtime: Runtime, town: Town, days: list[Any], families: int) -> None:
    """Confirmed and held are min(capacity, demand), the line is in the order of acceptance."""
    for day in days:
        where = f"activity_id = '{town.activity_id}' AND day = '{day}'"
        (counted,) = await _rows(
            runtime, f"SELECT booked + held, waiting FROM places WHERE {where}"
        )
        expected = (min(PLACES, families), max(families - PLACES, 0))
        assert tuple(counted) == expected, (day, tuple(counted), expected)
        line = await _rows(
            runtime,
            "SELECT number FROM bookings JOIN requests USING (request_id)"
            f" WHERE {where} ORDER BY waiting_position NULLS FIRST, number",
        )
        numbers = [row.number for row in line]
        assert numbers == sorted(numbers), "the line is not in the order of acceptance"
