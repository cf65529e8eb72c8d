"""Three brokers, a database with its standby, two replicas of a small service's two sides.

The chassis's own mechanisms are at work (outbox, relay, consumer, inbox), so that two cores can run
all of it; whoever uses it kills one after another.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from chassis.broker import topology
from chassis.clock import SystemClock
from chassis.database import Database
from chassis.identifiers import new_id
from portail_contracts.catalogue import Context
from portail_local.processes import Process

from .brokers import PASSWORD, USERS
from .cluster import BrokerCluster, DatabasePair
from .databases import Databases
from .ledger_service import confirmed, create_tables, heard, said, say
from .waiting import eventually

VHOST = "cluster"
FAMILIES = 20
PACE = 0.5
"""Seconds between two facts of a family: two cores run all of it, and are not to be the limit."""

PATIENCE = 90.0


@dataclass
class Traffic:
    """Families whose facts are said one after another, each until the database has it for sure."""

    database: Database
    told: dict[UUID, list[UUID]] = field(default_factory=dict)
    at: dict[UUID, float] = field(default_factory=dict)
    """When each was known to be committed."""
    _stopping: bool = False

    async def run(self) -> None:
        self.told = {new_id(): [] for _ in range(FAMILIES)}
        await asyncio.gather(*(self._family(family) for family in self.told))

    def stop(self) -> None:
        self._stopping = True

    async def _family(self, family: UUID) -> None:
        while not self._stopping:
            booking = new_id()
            while not await self._said(family, booking):
                await asyncio.sleep(0.05)
            self.told[family].append(booking)
            self.at[booking] = time.monotonic()
            await asyncio.sleep(PACE)

    async def _said(self, family: UUID, booking: UUID) -> bool:
        """Asked again it says nothing twice: the answer of a commit may have been lost."""
        try:
            async with self.database.transaction() as transaction:
                known = select(said.c.booking_id).where(said.c.booking_id == booking)
                if (await transaction.connection.execute(known)).first() is None:
                    await say(transaction, confirmed(family, booking))
        except Exception:  # whatever it was, whether it is there is asked again
            return False
        return True


@dataclass
class Town:
    """All of it, running."""

    brokers: BrokerCluster
    databases: DatabasePair
    replicas: list[Process]
    traffic: Traffic
    heard: Database

    async def caught_up_since(self, began: float) -> float:
        """Seconds from `began` until a fact that was committed after it has had its effect."""

        async def one() -> float | None:
            later = [booking for booking, at in self.traffic.at.items() if at > began][:FAMILIES]
            query = select(heard.c.booking_id).where(heard.c.booking_id.in_(later)).limit(1)
            try:
                async with self.heard.reading() as connection:
                    effect = (await connection.execute(query)).first()
            except Exception:  # the database is changing hands
                return None
            return time.monotonic() - began if effect else None

        seconds: float = await eventually(one, lambda seen: seen is not None, PATIENCE)
        return seconds


def replica(folder: Path, number: int, context: Context, database: str, brokers: str) -> Process:
    tests = Path(__file__).parents[1]
    return Process(
        f"{context}-{number}",
        [sys.executable, "-m", "support.cluster_replica", context, database, brokers],
        env={"PYTHONPATH": str(tests), "PATH": "/usr/bin:/bin"},
        cwd=folder,
        log=folder / f"{context}-{number}.log",
    )


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    brokers, databases = BrokerCluster(folder), DatabasePair(folder)
    replicas: list[Process] = []
    try:
        await asyncio.gather(brokers.start(), databases.start())
        passwords = dict.fromkeys(USERS, PASSWORD)
        await brokers.nodes[0].import_definitions(topology.definitions(VHOST, passwords))
        made = Databases(databases.admin_url)
        sides = {}
        for context in (Context.ENROLMENT, Context.BILLING):
            sides[context] = await made.empty(context)
            await create_tables(sides[context].owner_url)
        replicas += [
            replica(
                folder, number, context, side.runtime_url, brokers.urls(VHOST, context, PASSWORD)
            )
            for context, side in sides.items()
            for number in (1, 2)
        ]
        for process in replicas:
            process.start()
        clock = SystemClock()
        traffic = Traffic(
            Database(sides[Context.ENROLMENT].runtime_url, Context.ENROLMENT, clock, FAMILIES)
        )
        listening = Database(sides[Context.BILLING].runtime_url, Context.BILLING, clock, 2)
        talking = asyncio.create_task(traffic.run())
        yield Town(brokers, databases, replicas, traffic, listening)
        traffic.stop()
        await talking
        await traffic.database.close()
        await listening.close()
    except BaseException:
        for process in replicas:
            told = f"{process.name} (running: {process.running}):\n{process.last_lines()}"
            print(told)  # noqa: T201 - pytest keeps it for a failure
        raise
    finally:
        await asyncio.gather(*(process.kill() for process in replicas))
        await databases.remove()
        await brokers.remove()


async def a_leader_is_killed(town: Town) -> float:
    leader = await town.brokers.leader_of(VHOST, topology.events_queue(Context.BILLING))
    began = time.monotonic()
    await leader.kill()
    gap = await town.caught_up_since(began)
    await leader.start()
    return gap


async def the_primary_is_killed(town: Town) -> float:
    began = time.monotonic()
    await town.databases.fail_over()
    return await town.caught_up_since(began)


async def each_replica_is_killed_then_rolled(town: Town) -> None:
    for process in town.replicas:
        await process.kill()
        process.start()
        await town.caught_up_since(time.monotonic())
    for process in town.replicas:
        await process.stop(10.0)
        process.start()
        await town.caught_up_since(time.monotonic())
