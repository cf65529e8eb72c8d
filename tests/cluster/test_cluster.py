"""Three brokers, a database with a synchronous standby, two replicas of each side: all are killed.

The order of each family, and each fact once, are counted at the end from the tables of both sides.
"""

import asyncio
import time
from pathlib import Path
from uuid import UUID

import pytest

from support.cluster_town import (
    PATIENCE,
    a_leader_is_killed,
    each_replica_is_killed_then_rolled,
    the_primary_is_killed,
    town,
)
from support.ledger_service import everything_heard
from support.waiting import eventually


@pytest.mark.timeout(900)
async def test_nothing_is_lost_nothing_doubled_and_each_family_in_order(folder: Path) -> None:
    async with town(folder) as running:
        steady = await running.caught_up_since(time.monotonic())
        broker = await a_leader_is_killed(running)
        database = await the_primary_is_killed(running)
        await each_replica_is_killed_then_rolled(running)
        running.traffic.stop()
        await asyncio.sleep(0.5)

        async def all_heard() -> int:
            return len(await everything_heard(running.heard))

        facts = sum(map(len, running.traffic.told.values()))
        await eventually(all_heard, lambda count: count >= facts, PATIENCE)
        effects: dict[UUID, list[UUID]] = {}
        for family, booking, _ in await everything_heard(running.heard):
            effects.setdefault(family, []).append(booking)
        assert effects == running.traffic.told
    print(
        f"\ncluster.steady_s {steady:.2f}\ncluster.failover_gap_s broker {broker:.2f}"
        f"\ncluster.failover_gap_s database {database:.2f}\ncluster.facts {facts}"
    )
