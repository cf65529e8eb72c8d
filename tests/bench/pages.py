"""`portal.…`: the pages that parents open, as fast as a town of 500 families would see them.

The whole system and the load stand on the same cores. `make bench-portal KEEP=1` leaves the
system running instead and says how another portal is measured beside it.
"""

import asyncio
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from bench import town
from bench.figures import Figure
from bench.portal import Browser
from chassis.clock import SystemClock
from chassis.identifiers import new_id
from portail_contracts.catalogue import Context
from portail_local.demo_data import load
from portail_local.demo_data.doors import Caller, Doors
from portail_local.demo_data.families import PASSWORD
from portail_local.system import System
from support.servers import Servers

FOLDER = Path(__file__).parents[2] / ".local" / "bench-portal"
FAMILIES = ("noisetier", "bleuet", "genet", "sureau", "aubepine", "meleze")
AIMS = {"home": ("/", 400), "agenda": ("/agenda", 300), "invoices": ("/factures", 500)}
SECONDS = 10
TRIPS = 15
ROUNDS = 10
FIRST_LOAD_KB = 100.0

TURNS = """
local cookies = {%s}
local turn = 0
request = function()
  turn = turn + 1
  wrk.headers["Cookie"] = cookies[turn %% #cookies + 1]
  return wrk.format()
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %%f %%f %%d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(95) / 1000, errors.status + errors.connect + errors.read + errors.timeout))
end
"""


@asynccontextmanager
async def _standing() -> AsyncIterator[System]:
    """A new system with its town."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    system = System(FOLDER, name="bench-portal")
    await system.start()
    try:
        await load(system.access())
        await town.fill(system, date.today())  # noqa: DTZ011 - the machine's own day
        yield system
    finally:
        await system.stop()


async def measure(_: Servers) -> list[Figure]:
    async with _standing() as system:
        return await _all(system)


async def stand() -> None:
    """Until interrupted, for another load tool and another portal beside it."""
    async with _standing() as system:
        portal = system.urls["gateway"]
        browser = await Browser.signed_in(portal, "sureau")
        await browser.close()
        print(f"\n{portal} runs; families {', '.join(FAMILIES)}, password {PASSWORD}.")
        print(
            "The cookie of a session is the answer to POST /connexion with the page's form_token."
        )
        print(f"  wrk -t1 -c8 -d{SECONDS}s --latency -H 'Cookie: {browser.cookie}' {portal}/agenda")
        print("Ctrl-C stops it.", flush=True)
        await asyncio.Event().wait()


async def _all(system: System) -> list[Figure]:
    portal = system.urls["gateway"]
    browsers = [await Browser.signed_in(portal, name) for name in FAMILIES]
    try:
        sign_ins = [await _signing_in(portal, name) for name in FAMILIES * 3]
        figures = [await _first_load(browsers[3], path) for path, _ in AIMS.values()]
        weight = max(figures)
        cookies = [browser.cookie for browser in browsers]
        rates = [
            figure
            for name, (path, aim) in AIMS.items()
            for figure in _loaded(name, f"{portal}{path}", cookies, aim)
        ]
        kept = await _kept_share(browsers)
        rates += [_made_anew(name, f"{portal}{path}", cookies) for name, (path, _) in AIMS.items()]
        trip = await _trips(system)
    finally:
        for browser in browsers:
            await browser.close()
    return [
        *rates,
        Figure("portal.kept_share", kept, None, "", "of pages read in turn"),
        Figure("portal.first_load_kb", weight, FIRST_LOAD_KB, "kB", "< 100", "the aim"),
        Figure("portal.sign_in_ms", statistics.median(sign_ins), None, "ms", "median, one at once"),
        Figure("portal.booking_trip_ms", trip, None, "ms", "asked, accepted, shown"),
    ]


def _loaded(name: str, address: str, cookies: list[str], aim: int) -> Iterator[Figure]:
    """One and eight connections, families in turn. Raises RuntimeError when a page failed."""
    for connections in (1, 8):
        rate, p95, errors = _wrk(address, cookies, connections)
        if errors:
            raise RuntimeError(f"{errors} answers of {address} were errors")
        limit = float(aim) if connections == 8 else None
        aimed = f">= {aim}" if connections == 8 else ""
        yield Figure(f"portal.{name}_rps{connections}", rate, limit, "/s", aimed, "the aim")
        yield Figure(f"portal.{name}_p95_{connections}", p95, None, "ms", "")


def _made_anew(name: str, address: str, cookies: list[str]) -> Figure:
    """As browsers ask that reload all: nothing that was kept is used."""
    rate, _, errors = _wrk(address, cookies, 8, "Cache-Control: no-cache")
    if errors:
        raise RuntimeError(f"{errors} answers of {address} were errors")
    return Figure(f"portal.{name}_anew_rps8", rate, None, "/s", "nothing kept is used")


async def _kept_share(browsers: list[Browser]) -> float:
    """Of the pages that families read in turn, as the pages say themselves."""
    seen = [
        await browser.is_kept(path)
        for _ in range(ROUNDS)
        for browser in browsers
        for path, _ in AIMS.values()
    ]
    return sum(seen) / len(seen)


def _wrk(
    address: str, cookies: list[str], connections: int, *headers: str
) -> tuple[float, float, int]:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(TURNS % ", ".join(f'"{cookie}"' for cookie in cookies))
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "-s", script.name]
        for header in ("Accept-Encoding: gzip", "Accept: text/html", *headers):
            command += ["-H", header]
        command.append(address)
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate, p95, errors = said.split("RESULT ")[1].split()
    return float(rate), float(p95), int(errors)


async def _signing_in(portal: str, name: str) -> float:
    browser = await Browser.open(portal)
    form = await browser.sign_in_form(name)
    started = time.perf_counter()
    await browser.sign_in(form)
    taken = 1000 * (time.perf_counter() - started)
    await browser.close()
    return taken


async def _first_load(browser: Browser, path: str) -> float:
    """Kilobytes on the wire of a page and all that it asks for, without photos."""
    page, size = await browser.weigh(path)
    own = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    return (size + sum([(await browser.weigh(one))[1] for one in own])) / 1000


async def _trips(system: System) -> float:
    """From the parent's request to the day that is booked on the parent's page."""
    doors = Doors(system.urls, system.secrets.service_secrets["gateway"], SystemClock())
    try:
        parent = await doors.sign_in("noisetier", PASSWORD, "family")
        staff = await doors.sign_in("secretariat", PASSWORD, "staff")
        free = await _free_cells(parent)
        return statistics.median([await _trip(parent, staff, cell) for cell in free[:TRIPS]])
    finally:
        await doors.close()


async def _free_cells(parent: Caller) -> list[dict[str, str]]:
    month = date.today().strftime("%Y-%m")  # noqa: DTZ011 - the machine's own day
    following = f"{int(month[:4]) + month.endswith('12')}-{int(month[5:]) % 12 + 1:02d}"
    agenda = await parent.get(Context.ENROLMENT, "/v1/me/agenda", month=following)
    cells = [cell for day in agenda["days"] for cell in day["cells"]]
    by_day = {
        (one["child_id"], one["day"]): one for one in cells if "booking.request" in one["actions"]
    }
    return list(by_day.values())


async def _trip(parent: Caller, staff: Caller, cell: dict[str, str]) -> float:
    line = {name: cell[name] for name in ("child_id", "slot_id", "day")}
    body = {"request_id": str(new_id()), "kind": "booking.request", "lines": [line]}
    started = time.perf_counter()
    made = await parent.post(Context.ENROLMENT, "/v1/me/requests", body)
    accept = f"/v1/staff/requests/{made['request_id']}/accept"
    await staff.post(Context.ENROLMENT, accept, {"version": made["version"]})
    about = {"child_id": line["child_id"], "slot_id": line["slot_id"], "day": line["day"]}
    while True:
        shown = await parent.get(Context.ENROLMENT, "/v1/me/agenda/cell", **about)
        if shown["state"] == "booked":
            return 1000 * (time.perf_counter() - started)
