"""`enrolment.submit` and `enrolment.agenda` beside their SQL; opening day is in `storm`."""

import asyncio
import logging
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from unittest import mock

import asyncpg
import structlog

from bench.figures import Figure
from bench.replaying import Replay, hearing
from bench.storm import FAMILIES, Town, rows, run, settings, storms
from chassis.app import build_runtime
from chassis.identifiers import new_id
from chassis.runtime import Runtime
from enrolment import bootstrap
from enrolment.domain.request import Actor, Channel
from enrolment.domain.submission import Line
from enrolment.own import own_of
from enrolment.use_cases.show_agenda import show_agenda
from enrolment.use_cases.submit_request import Submission, submit_request
from support.databases import Databases, ServiceDatabase
from support.servers import Servers

TASKS = 4
SUBMISSIONS = 600

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
    with mock.patch.dict(os.environ, settings(database)):
        runtime = build_runtime(bootstrap.service())
    await run(runtime, *FILL.split(";"))
    town = await _town(runtime)
    try:
        figures = [
            await _submitting(runtime, town, database),
            await _agenda(runtime, town, database),
        ]
        return [*figures, *await storms(runtime, town, database)]
    finally:
        await runtime.peers.close()
        await runtime.database.close()


async def _town(runtime: Runtime) -> Town:
    families = await rows(
        runtime,
        "SELECT family_id, array_agg(child_id) FROM children GROUP BY family_id ORDER BY family_id",
    )
    (slot,) = await rows(runtime, "SELECT slot_id, activity_id FROM slots WHERE label = 'Mercredi'")
    days = await rows(
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
    replay = Replay(heard, heard.identifiers() - known)
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
        async with runtime.database.asking() as connection:
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
