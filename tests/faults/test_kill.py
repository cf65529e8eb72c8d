"""Killed at the worst moments, the house loses nothing and doubles nothing.

Real processes, real servers, SIGKILL. Each test takes days of its own from the agenda.
"""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from chassis import crash_points
from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable
from messaging.use_cases.broadcast import AFTER_ONE
from portail_contracts.catalogue import Context
from portail_local.demo_data.families import PASSWORD
from support.house import House, free_cells, sign_in_all
from support.story import accept, ask_for, submit, told_once
from support.waiting import eventually

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


async def test_a_broadcast_whose_process_is_killed_half_way_tells_each_family_once(
    house: House,
) -> None:
    doors = house.doors()
    _, agent = await sign_in_all(doors)
    everybody = await _counted(agent, "everybody")
    owing = await _counted(agent, "unpaid")
    assert 0 < owing["count"] < everybody["count"], "billing says who owes"
    process = house.system.processes["messaging"]
    await on_the_house(house, process.restart({"PORTAIL_CRASH_AT": AFTER_ONE}))
    await _send_to(agent, "everybody", "Killed half-way")
    await asyncio.wait_for(_death_of(process), timeout=60)
    await on_the_house(house, process.restart({"PORTAIL_CRASH_AT": ""}))
    await _told_each_once(agent, "Killed half-way", everybody["count"])
    await _send_to(agent, "unpaid", "To those who owe")
    await _told_each_once(agent, "To those who owe", owing["count"])
    for identifier in ("noisetier", "bleuet"):
        parent = await doors.sign_in(identifier, PASSWORD, "family")
        found = await parent.get(Context.MESSAGING, "/v1/me/threads", q="half-way")
        assert found["total"] == 1, identifier
        (thread,) = found["items"]
        path = f"/v1/me/threads/{thread['thread_id']}"
        assert (await parent.get(Context.MESSAGING, path))["total"] == 1
    await doors.close()


async def _counted(agent: Any, whom: str) -> dict[str, Any]:
    path = "/v1/staff/broadcasts/preview"
    return dict(await agent.post(Context.MESSAGING, path, {"whom": whom}))


async def _send_to(agent: Any, whom: str, subject: str) -> None:
    body = {
        "broadcast_id": str(new_id()),
        "subject": subject,
        "body": f"Bonjour,\n\n{subject}.",
        "audience": {"whom": whom},
    }
    # The process may die before it has answered.
    with suppress(PeerUnavailable):
        await agent.post(Context.MESSAGING, "/v1/staff/broadcasts", body)


async def _told_each_once(agent: Any, subject: str, count: int) -> None:
    async def sent() -> dict[str, Any]:
        found = await agent.get(Context.MESSAGING, "/v1/staff/broadcasts")
        return next(one for one in found["items"] if one["subject"] == subject)

    ended = await eventually(sent, lambda one: one["ended_at"] is not None, within=60)
    assert (ended["total"], ended["told"]) == (count, count)
