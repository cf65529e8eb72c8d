"""`accounts.import_…`: a table of 15,000 families, sent, checked and taken whole by the service.

What staff wait for is the check, then the taking; memory is what the process grows by at its worst,
of which the file itself is 7 MiB.
"""

import csv
import io
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from accounts.domain.history import Actor
from accounts.domain.importing import TITLES
from accounts.store.imports import import_by_id
from accounts.use_cases.import_families import send_import, take_import, work_on_imports
from bench.figures import Figure
from chassis.clock import Clock, SystemClock
from chassis.database import Database
from portail_contracts.catalogue import Context
from support.databases import Databases
from support.servers import Servers

FAMILIES = 15_000
CHILDREN = 24_000
AIM_CHECK_S = 30.0
AIM_TAKE_S = 60.0
AIM_MIB = 128.0
AGENT = Actor(uuid4(), "Bench")


async def measure(servers: Servers) -> list[Figure]:
    place = await Databases(servers.postgres.admin_url).fresh("accounts")
    clock = SystemClock()
    database = Database(place.runtime_url, Context.ACCOUNTS, clock, 5)
    import_id, table = uuid4(), a_table(FAMILIES, CHILDREN)
    before = _resident_mib()
    async with database.transaction() as transaction:
        await send_import(transaction, import_id, table, AGENT, clock.now())
    del table
    _forget_peak()
    checked = await _worked(database, clock)
    found = await _found(database, import_id)
    assert (found.state, found.good, found.mistake_count) == ("checked", FAMILIES, 0), found
    async with database.transaction() as transaction:
        await take_import(transaction, import_id, "all", AGENT)
    taken = await _worked(database, clock)
    peak = _peak_mib() - before
    found = await _found(database, import_id)
    assert (found.state, found.good) == ("done", FAMILIES), found
    await database.close()
    return [
        Figure("accounts.import_check_s", checked, AIM_CHECK_S, "s", "< 30", "the aim"),
        Figure("accounts.import_take_s", taken, AIM_TAKE_S, "s", "< 60", "the aim"),
        Figure("accounts.import_peak_mib", peak, AIM_MIB, "MiB", "< 128", "the aim"),
    ]


def a_table(families: int, children: int) -> bytes:
    """One line per child; some families have two."""
    chance = random.Random(20261124)  # noqa: S311 - the same table every time
    written = io.StringIO()
    rows = csv.DictWriter(written, TITLES, delimiter=";")
    rows.writeheader()
    rows.writerows(_rows(chance, families, children))
    return written.getvalue().encode("utf-8-sig")


def _rows(chance: random.Random, families: int, children: int) -> Iterator[dict[str, Any]]:
    for number in range(children):
        family = number % families
        yield {
            "reference": f"VA-{family:05d}",
            "famille": f"Noisetier-{_letters(family)}",
            "habite_le_territoire": "oui",
            "situation": "Mariés",
            "quotient": str(300 + family % 1500),
            "quotient_depuis": "01/01/2026",
            "responsable1_civilite": "Mme",
            "responsable1_prenom": "Camille",
            "responsable1_nom": "Noisetier",
            "responsable1_adresse": f"{family % 90 + 1} rue des Tisserands",
            "responsable1_code_postal": "38110",
            "responsable1_commune": "Val d’Arbelle",
            "responsable1_mobile": f"06 {family % 100:02d} {family // 100 % 100:02d} 12 34",
            "responsable1_email": f"camille{family}@example.org",
            "responsable2_prenom": "Sacha",
            "responsable2_nom": "Noisetier",
            "enfant_prenom": "Lou" if number < families else "Noé",
            "enfant_nom": "Noisetier",
            "enfant_naissance": f"{chance.randint(1, 28):02d}/05/{chance.randint(2015, 2022)}",
            "enfant_ecole": "École Jean-Moulin",
            "enfant_classe": "CE1",
        }


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


async def _worked(database: Database, clock: Clock) -> float:
    started = time.perf_counter()
    assert await work_on_imports(database, clock) == 1
    return time.perf_counter() - started


async def _found(database: Database, import_id: Any) -> Any:
    async with database.reading() as connection:
        return await import_by_id(connection, import_id)


def _resident_mib() -> float:
    return _status("VmRSS")


def _peak_mib() -> float:
    return _status("VmHWM")


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    found = next(line for line in lines if line.startswith(f"{name}:"))
    return int(found.split()[1]) / 1024


def _forget_peak() -> None:
    """So that the peak is of what follows (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")
