"""A town for the pages: 500 families, 800 children, 10,000 bookings in the month, in one system."""

import asyncio
import itertools
import math
import time
from collections.abc import Awaitable, Iterable, Sequence
from datetime import date
from typing import Any

import aiohttp
import asyncpg

from chassis.clock import SystemClock
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from portail_contracts.catalogue import Context
from portail_local import figures
from portail_local.demo_data.doors import Caller, Doors
from portail_local.demo_data.families import PASSWORD, born_on
from portail_local.system import System

FAMILIES, CHILDREN, BOOKINGS = 500, 800, 10_000
AT_ONCE = 4
PATIENCE_S = 600.0
_CONTEXTS = frozenset(Context)


async def fill(system: System, today: date) -> None:
    """Beside the demo's own families; raises PeerRefused when a door refuses what is entered."""
    await _make_room(system)
    doors = Doors(system.urls, system.secrets.service_secrets["gateway"], SystemClock())
    try:
        secretariat = await doors.sign_in("secretariat", PASSWORD, "staff")
        parent = await doors.sign_in("noisetier", PASSWORD, "family")
        bodies = [_family(number, today) for number in range(FAMILIES)]
        made = await _at_once(
            secretariat.post(Context.ACCOUNTS, "/v1/staff/families", body) for body in bodies
        )
        open_days = await _open_days(parent, today)
        await _at_once(_book(secretariat, family, open_days) for family in made)
        await _are_told(system)
    finally:
        await doors.close()


async def _make_room(system: System) -> None:
    """The demo's centre is a village's: a town's has places for everybody."""
    address = system.databases[Context.ENROLMENT].owner_url
    connection = await asyncpg.connect(address.replace("+asyncpg", ""))
    await connection.execute(
        "UPDATE activities SET capacity_under_six = 5000, capacity_six_and_over = 5000"
    )
    await connection.execute("UPDATE places SET capacity = 5000")
    await connection.close()


def _family(number: int, today: date) -> dict[str, Any]:
    """Three families in five have two children, the others one."""
    name = f"Peuplier {number:03d}"
    children = 2 if number % 5 < 3 else 1
    return {
        "reference": f"BANC-{number:04d}",
        "name": name,
        "resident": True,
        "guardians": [{"given_name": "Camille", "family_name": name, "is_payer": True}],
        "children": [
            {
                "given_name": given,
                "family_name": name,
                "born_on": born_on(6 + number % 5, today).isoformat(),
            }
            for given in ("Lou", "Noé")[:children]
        ],
    }


async def _open_days(parent: Caller, today: date) -> dict[str, list[str]]:
    """Days of this month by slot, as a family's agenda shows them."""
    agenda = await parent.get(Context.ENROLMENT, "/v1/me/agenda", month=today.strftime("%Y-%m"))
    found: dict[str, dict[str, None]] = {}
    for cell in itertools.chain.from_iterable(day["cells"] for day in agenda["days"]):
        if cell["state"] not in ("closed", "holiday") and cell["day"][:7] == agenda["month"]:
            found.setdefault(cell["slot_id"], {})[cell["day"]] = None
    return {slot: list(days) for slot, days in found.items()}


async def _book(
    secretariat: Caller, family: dict[str, Any], open_days: dict[str, Sequence[str]]
) -> None:
    """Each child comes as often as it takes for the month to hold its bookings."""
    each = math.ceil(BOOKINGS / CHILDREN)
    days = [(slot, day) for slot, found in open_days.items() for day in found]
    # No child is in two places at once: one slot of a day.
    wanted = list({day: slot for slot, day in days}.items())[:each]
    body = {
        "request_id": str(new_id()),
        "family_id": family["family_id"],
        "lines": [
            {"child_id": child["child_id"], "slot_id": slot, "day": day}
            for child in family["children"]
            for day, slot in wanted
        ],
        "override_notice": True,
    }
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            await secretariat.post(Context.ENROLMENT, "/v1/staff/front-desk/bookings", body)
            return
        except (PeerRefused, PeerUnavailable) as error:
            # Enrolment may be busy, or may not have heard of the family yet; the id is the same.
            is_late = time.monotonic() > until
            if is_late or (isinstance(error, PeerRefused) and error.status != 404):
                raise
        await asyncio.sleep(0.2)


async def _at_once(work: Iterable[Awaitable[Any]]) -> list[Any]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(piece: Awaitable[Any]) -> Any:
        async with room:
            return await piece

    return await asyncio.gather(*(one(piece) for piece in work))


async def _are_told(system: System) -> None:
    """Until every event of the filling has been handled: the house is at rest."""
    until = time.monotonic() + PATIENCE_S
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < 2:
        if time.monotonic() > until:
            raise TimeoutError("events of the filling are still on their way")
        if any([await _has_work(url) for name, url in system.urls.items() if name in _CONTEXTS]):
            quiet_since = time.monotonic()
        await asyncio.sleep(0.2)


async def _has_work(url: str) -> bool:
    async with aiohttp.ClientSession() as client, client.get(f"{url}/metrics") as answer:
        found = figures.read(await answer.text())
    return found is not None and bool(found.waiting or found.queued)
