"""Admit an attempt, then check the password outside any transaction.

A hash takes 43 ms and may wait in line: a database connection must not be held meanwhile.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.hashing import Hasher, HashingBusy
from accounts.store.access import Access
from chassis.clock import Clock
from chassis.database import Database

from .admit_attempt import NO_TRACES, Keys, Traces, admit_attempt, forget_attempt

Find = Callable[[AsyncConnection], Awaitable[Access | None]]


@dataclass(frozen=True)
class Proof:
    """The access if the password was its own, else None; and the attempt it was counted as."""

    attempt_id: int
    access: Access | None


async def prove_password(
    database: Database,
    hasher: Hasher,
    clock: Clock,
    keys: Keys,
    find: Find,
    password: str,
    traces: Traces = NO_TRACES,
) -> Proof:
    """Raises TooManyAttempts or HashingBusy. Takes the same time whether or not `find` finds."""
    attempt_id, access = await _begin(database, keys, find, clock.now(), traces)
    known = None if access is None else access.password_hash
    try:
        matches = await hasher.matches(known, password)
    except HashingBusy:
        async with database.transaction() as transaction:
            await forget_attempt(transaction, attempt_id)
        raise
    return Proof(attempt_id, access if matches else None)


async def _begin(
    database: Database, keys: Keys, find: Find, now: datetime, traces: Traces
) -> tuple[int, Access | None]:
    async with database.transaction() as transaction:
        access = await find(transaction.connection)
        if access is not None and traces is not NO_TRACES:
            traces = replace(traces, account_id=access.holder.account_id)
        return await admit_attempt(transaction, keys, now, traces), access
