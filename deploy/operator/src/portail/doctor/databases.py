"""Each database asked as its owner: version, revision, clock, and what waits to be told."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chassis.clock import Clock
from portail.recovery.databases import Store
from portail.recovery.folder import newest
from portail.telling import Refused

from .findings import Finding, attention, fault, sound
from .services import WRONG_SECONDS

OLDEST_SERVER = 150000
LATE = timedelta(minutes=1)
STUCK = timedelta(minutes=5)
BACKUP_EVERY = timedelta(hours=26)

_WAITING = "SELECT min(recorded_at), count(*), count(blocked_until) FROM outbox"


async def examine(stores: Sequence[Store], clock: Clock) -> list[Finding]:
    found = await asyncio.gather(*(_one(store, clock) for store in stores))
    return [finding for several in found for finding in several]


async def _one(store: Store, clock: Clock) -> list[Finding]:
    subject = f"base {store.context}"
    try:
        async with store.connected() as connection:
            version = int(await connection.fetchval("SHOW server_version_num"))
            there = await connection.fetchval("SELECT to_regclass('alembic_version')")
            if there is None:
                return [fault(subject, f"vide : « python -m {store.context} migrate ».")]
            revision = await connection.fetchval("SELECT version_num FROM alembic_version")
            apart = (await connection.fetchval("SELECT clock_timestamp()")) - datetime.now(UTC)
            waiting = await connection.fetchrow(_WAITING)
    except Refused as refused:
        return [fault(subject, str(refused))]
    server = f"PostgreSQL {version // 10000}, révision {revision}."
    findings = [
        sound(subject, server)
        if version >= OLDEST_SERVER
        else fault(subject, f"{server} Trop ancien.")
    ]
    if abs(apart.total_seconds()) > WRONG_SECONDS:
        findings.append(fault(subject, f"son horloge s’écarte de {apart.total_seconds():.0f} s."))
    return [*findings, _outbox(store, waiting, clock.now())]


def _outbox(store: Store, waiting: Any, now: datetime) -> Finding:
    subject = f"à publier {store.context}"
    oldest, count, blocked = waiting
    if blocked:
        return fault(subject, f"{blocked} événement(s) sans file : rétablissez la topologie.")
    if not count:
        return sound(subject, "rien n’attend.")
    age = now - oldest
    words = f"{count} événement(s), le plus ancien depuis {age.total_seconds():.0f} s."
    if age > STUCK:
        return fault(subject, words)
    return attention(subject, words) if age > LATE else sound(subject, words)


def examine_backups(folder: Path | None) -> list[Finding]:
    """The newest whole backup of a folder, when the command was given one."""
    if folder is None:
        return []
    kept = newest(folder) if folder.is_dir() else None
    if kept is None:
        return [fault("sauvegardes", f"aucune sauvegarde entière dans « {folder} ».")]
    age = datetime.now(UTC) - kept.made_at
    words = f"la dernière a {age.total_seconds() / 3600:.0f} h."
    return [fault("sauvegardes", words) if age > BACKUP_EVERY else sound("sauvegardes", words)]
