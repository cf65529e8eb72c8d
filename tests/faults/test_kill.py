"""Killed at the worst moments, the house loses nothing and doubles nothing.

Real processes, real servers, SIGKILL. Each test takes days of its own from the agenda.
"""

import asyncio
from typing import Any

import pytest

from chassis import crash_points
from support.house import House, free_cells, sign_in_all
from support.story import accept, ask_for, submit, told_once

MONTHS = ("2026-12", "2027-01", "2027-03", "2027-05", "2027-06")
_taken: set[tuple[str, str, str]] = set()


async def days_nobody_took(parent: Any, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for month in MONTHS:
        for cell in await free_cells(parent, month, "morning"):
            key = (cell["child_id"], cell["slot_id"], cell["day"])
            if key not in _taken and len(found) < count:
                _taken.add(key)
                found.append(cell)
    assert len(found) == count
    return found


async def on_the_house(house: House, work: Any) -> None:
    """Run a coroutine of the system from this test's loop."""
    await asyncio.to_thread(house.wait, work)


VICTIMS = [
    (crash_points.BEFORE_COMMIT, "enrolment"),
    (crash_points.AFTER_COMMIT, "enrolment"),
    (crash_points.AFTER_PUBLISH, "enrolment"),
    (crash_points.AFTER_RECEIVE, "billing"),
    (crash_points.BEFORE_COMMIT, "billing"),
    (crash_points.BEFORE_ACKNOWLEDGE, "billing"),
    (crash_points.AFTER_RECEIVE, "messaging"),
    (crash_points.BEFORE_ACKNOWLEDGE, "messaging"),
]


def test_every_crash_point_has_its_victim() -> None:
    assert {point for point, _ in VICTIMS} == set(crash_points.ALL)


@pytest.mark.parametrize(("point", "victim"), VICTIMS)
async def test_a_process_killed_at_a_named_point(house: House, point: str, victim: str) -> None:
    doors = house.doors()
    parent, agent = await sign_in_all(doors)
    first, second = [ask_for(cell) for cell in await days_nobody_took(parent, 2)]
    process = house.system.processes[victim]
    await on_the_house(house, process.restart({"PORTAIL_CRASH_AT": point}))

    deciding = asyncio.create_task(_decide(parent, agent, [first, second]))
    await asyncio.wait_for(_death_of(process), timeout=30)
    await on_the_house(house, process.restart({"PORTAIL_CRASH_AT": ""}))
    await deciding
    await told_once(parent, [first, second])
    await doors.close()


async def _decide(parent: Any, agent: Any, requests: list[Any]) -> None:
    for asked in requests:
        await submit(parent, asked)
        await accept(agent, asked)


async def _death_of(process: Any) -> None:
    while process.running:
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("server", ["rabbitmq", "postgres"])
async def test_a_server_killed_and_restarted_during_traffic(house: House, server: str) -> None:
    doors = house.doors()
    parent, agent = await sign_in_all(doors)
    requests = [ask_for(cell) for cell in await days_nobody_took(parent, 12)]
    traffic = asyncio.create_task(_decide(parent, agent, requests))
    await asyncio.sleep(0.3)
    victim = getattr(house.system, server)
    await on_the_house(house, victim.kill())
    await asyncio.sleep(1.0)
    await on_the_house(house, victim.start())
    await traffic
    await told_once(parent, requests)
    await doors.close()


async def test_every_process_killed_at_once_during_traffic(house: House) -> None:
    doors = house.doors()
    parent, agent = await sign_in_all(doors)
    requests = [ask_for(cell) for cell in await days_nobody_took(parent, 8)]
    traffic = asyncio.create_task(_decide(parent, agent, requests))
    await asyncio.sleep(0.3)
    killed = [house.system.processes[name] for name in ("enrolment", "billing", "messaging")]
    for process in killed:
        await on_the_house(house, process.kill())
    await asyncio.gather(*(on_the_house(house, process.restart()) for process in killed))
    await traffic
    await told_once(parent, requests)
    await doors.close()
