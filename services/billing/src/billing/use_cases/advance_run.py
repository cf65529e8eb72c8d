"""A run that was begun goes on, slice by slice, whoever began it and whatever was killed."""

import asyncio
from datetime import datetime
from uuid import UUID

from billing.settings import Settings
from billing.store import runs
from chassis import crash_points
from chassis.database import Database

from .draft_run import draft_slice
from .issue_run import issue_slice

PATIENCE = 0.8
"""Seconds after which no other slice is begun for a person who waits: the console gives up after
three, and what is left is done beside the API."""


async def advance_run(
    database: Database,
    run_id: UUID,
    settings: Settings,
    now: datetime,
    patience: float | None = PATIENCE,
) -> None:
    """At least one slice, then others until `patience` is over; None: to the end."""
    clock = asyncio.get_running_loop().time
    started = clock()
    while await _slice(database, run_id, settings, now):
        if patience is not None and clock() - started > patience:
            return


async def _slice(database: Database, run_id: UUID, settings: Settings, now: datetime) -> bool:
    """Whether some is left; others who work on the same run wait for us, then take the next."""
    async with database.transaction() as transaction:
        run = await runs.find_run(transaction.connection, run_id, lock=True)
        left = False
        if run is not None and run.state == "preparing":
            left = await draft_slice(transaction, run, settings)
        elif run is not None and run.state == "issuing":
            left = await issue_slice(transaction, run, now)
        crash_points.reach(crash_points.BEFORE_COMMIT)
        return left
