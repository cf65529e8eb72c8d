"""The four real services and the gateway in replicas, on a cluster: everything is killed once.

Families book, declare absences and write, staff accept, all by HTTP, while the broker's node that
leads a queue, the database's primary and each replica are killed, and everything is rolled. At the
end the accounts add up, and each service has taken in all it was told, in the order of each family.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chassis.broker import topology
from chassis.broker.connection import open_link
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from portail_contracts.catalogue import Context
from portail_local.demo_data import load
from portail_local.demo_data.doors import Caller, Doors
from portail_local.demo_data.families import PASSWORD
from support.cluster import BrokerCluster, DatabasePair
from support.cluster_house import PATIENCE, ClusterSystem, started_again
from support.kept_order import differences
from support.story import Asked, accept, ask_for, submit, told_once
from support.waiting import eventually

FAMILIES = ("noisetier", "bleuet", "genet", "sureau")
MONTHS = ("2026-12", "2027-01", "2027-03", "2027-05", "2027-06")
PACE = 1.0
SIGNED_IN_SECONDS = 120.0
TRIES = 300


@dataclass
class Person:
    """Somebody who signs in again before the token ends."""

    doors: Doors
    identifier: str
    door: str
    _caller: Caller | None = None
    _until: float = 0.0

    async def caller(self) -> Caller:
        while self._caller is None or time.monotonic() > self._until:
            with suppress(PeerUnavailable):
                self._caller = await self.doors.sign_in(self.identifier, PASSWORD, self.door)
                self._until = time.monotonic() + SIGNED_IN_SECONDS
        return self._caller


@dataclass
class Household:
    """One family, and what it did: each thing repeated until it had an answer."""

    parent: Person
    agent: Person
    cells: list[dict[str, Any]]
    asked: list[Asked] = field(default_factory=list)
    absences: int = 0
    threads: set[str] = field(default_factory=set)

    async def book(self) -> Asked:
        asked = ask_for(self.cells.pop(0))
        await submit(await self.parent.caller(), asked)
        await accept(await self.agent.caller(), asked)
        self.asked.append(asked)
        return asked

    async def live(self, ending: asyncio.Event) -> None:
        while self.cells and not ending.is_set():
            asked = await self.book()
            if len(self.asked) % 3 == 0:
                await self._is_away(asked)
            if len(self.asked) % 2 == 0:
                await self._writes()
            await asyncio.sleep(PACE)

    async def _is_away(self, asked: Asked) -> None:
        (line,) = asked.body["lines"]
        body = {
            "request_id": str(new_id()),
            "child_ids": [line["child_id"]],
            "first_day": line["day"],
            "last_day": line["day"],
            "slot_id": line["slot_id"],
            "reason": "sick_certificate",
        }
        await _insist(await self.parent.caller(), Context.ENROLMENT, "/v1/me/absences", body)
        self.absences += 1

    async def _writes(self) -> None:
        thread, message = str(new_id()), str(new_id())
        body = {"thread_id": thread, "message_id": message, "subject": "Car", "body": "Bonjour."}
        await _insist(await self.parent.caller(), Context.MESSAGING, "/v1/me/threads", body)
        self.threads.add(thread)


async def _insist(caller: Caller, service: Context, path: str, body: dict[str, Any]) -> None:
    for _ in range(TRIES):
        try:
            await caller.post(service, path, body)
        except PeerUnavailable:
            await asyncio.sleep(0.1)
        except PeerRefused as refusal:
            # Done by the try before, whose answer was lost.
            if refusal.status == 409:
                return
            raise
        else:
            return
    raise AssertionError(f"no answer from {service} after many tries")


@dataclass
class Town:
    """All of it, running."""

    system: ClusterSystem
    databases: DatabasePair
    doors: Doors
    households: list[Household]

    async def told_since(self, began: float) -> float:
        """Seconds until a request that a family makes now is decided and the family is told."""
        asker = self.households[0]
        asked = await asker.book()

        async def told() -> bool:
            with suppress(PeerUnavailable):
                caller = await asker.parent.caller()
                found = await caller.get(Context.MESSAGING, "/v1/me/messages")
                return asked.request_id in {
                    one["about"]["request_id"] for one in found["items"] if one["about"]
                }
            return False

        await eventually(told, bool, PATIENCE)
        return time.monotonic() - began

    async def portal_answers(self) -> None:
        async def status() -> int:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with (
                    aiohttp.ClientSession() as session,
                    session.get(f"{self.system.urls['gateway']}/connexion") as answer,
                ):
                    return answer.status
            return 0

        await eventually(status, lambda seen: seen == 200, PATIENCE)


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    brokers, databases = BrokerCluster(folder), DatabasePair(folder)
    system: ClusterSystem | None = None
    doors: Doors | None = None
    try:
        await asyncio.gather(brokers.start(), databases.start())
        system = ClusterSystem(folder / "house", brokers, databases)
        await system.start(patience=PATIENCE)
        await load(system.access())
        doors = system.doors()
        agent = Person(doors, "secretariat", "staff")
        parents = [Person(doors, one, "family") for one in FAMILIES]
        households = [Household(one, agent, await _free(await one.caller())) for one in parents]
        yield Town(system, databases, doors, [one for one in households if one.cells])
    finally:
        if doors is not None:
            await doors.close()
        if system is not None:
            await system.stop()
        await databases.remove()
        await brokers.remove()


async def _free(parent: Caller) -> list[dict[str, Any]]:
    """One slot a child and day: others of that day may overlap it."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for month in MONTHS:
        agenda = await parent.get(Context.ENROLMENT, "/v1/me/agenda", month=month)
        for cell in (cell for day in agenda["days"] for cell in day["cells"]):
            if "booking.request" in cell["actions"]:
                found.setdefault((cell["child_id"], cell["day"]), cell)
    return list(found.values())


async def the_leader_is_killed(town: Town) -> float:
    brokers, queue = town.system.brokers, topology.events_queue(Context.BILLING)
    leader = await brokers.leader_of(town.system.vhost, queue)
    began = time.monotonic()
    await leader.kill()
    gap = await town.told_since(began)
    await leader.start()
    return gap


async def the_primary_is_killed(town: Town) -> float:
    began = time.monotonic()
    await town.databases.fail_over()
    return await town.told_since(began)


async def each_replica(town: Town, *, kill: bool) -> float:
    """One of each service at a time, its other still there; the longest that a family waited."""
    gaps = []
    for together in town.system.shifts():
        began = time.monotonic()
        again = asyncio.gather(*(started_again(process, kill=kill) for process in together))
        gaps.append(await town.told_since(began))
        await town.portal_answers()
        await again
    return max(gaps)


async def nothing_is_lost_nor_doubled(town: Town) -> None:
    for household in town.households:
        caller = await household.parent.caller()
        await told_once(caller, household.asked, within=PATIENCE)
        for thread in household.threads:
            found = await caller.get(Context.MESSAGING, f"/v1/me/threads/{thread}")
            assert found["total"] == 1
    urls = {context: access.owner_url for context, access in town.system.databases.items()}
    link = await open_link(town.system.operator_broker_url, "test")
    try:
        await eventually(lambda: differences(link, urls), lambda seen: seen == [], PATIENCE)
    finally:
        await link.close()
    print(await town.system.processes["billing"].run_verb("verify"))


@pytest.mark.timeout(3600)
async def test_a_town_loses_nothing_while_everything_is_killed(folder: Path) -> None:
    async with town(folder) as running:
        ending = asyncio.Event()
        living = asyncio.gather(*(one.live(ending) for one in running.households[1:]))
        try:
            steady = await running.told_since(time.monotonic())
            broker = await the_leader_is_killed(running)
            database = await the_primary_is_killed(running)
            killed = await each_replica(running, kill=True)
            rolled = await each_replica(running, kill=False)
        finally:
            ending.set()
            await living
        await nothing_is_lost_nor_doubled(running)
        lived = running.households
        done = {
            "requests": sum(len(one.asked) for one in lived),
            "absences": sum(one.absences for one in lived),
            "threads": sum(len(one.threads) for one in lived),
        }
    print(
        f"\ncluster.town_steady_s {steady:.2f}\ncluster.town_gap_s broker {broker:.2f}"
        f"\ncluster.town_gap_s database {database:.2f}\ncluster.town_gap_s a replica {killed:.2f}"
        f"\ncluster.town_gap_s rolled {rolled:.2f}\ncluster.town {done}"
    )
