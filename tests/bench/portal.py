"""`gateway.page` and `demo.second_start_s`: the whole system, through its own doors."""

import asyncio
import gzip
import re
import shutil
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from bench.figures import Figure
from chassis.clock import SystemClock
from portail_contracts.catalogue import Context
from portail_local.demo_data import load
from portail_local.demo_data.doors import Caller, Doors
from portail_local.demo_data.families import PASSWORD
from portail_local.system import System
from support.servers import Servers

FOLDER = Path(__file__).parents[2] / ".local" / "bench"
ROUNDS = 60
HOME = {
    # What the home page asks: service, path, parameters.
    "family": (Context.ACCOUNTS, "/v1/me/family", {}),
    "week": (Context.ENROLMENT, "/v1/me/week", {"from": time.strftime("%Y-%m-%d")}),
    "requests": (Context.ENROLMENT, "/v1/me/requests/count", {}),
    "summary": (Context.BILLING, "/v1/me/summary", {}),
    "unread": (Context.MESSAGING, "/v1/me/counts", {}),
}


async def measure(_: Servers) -> list[Figure]:
    shutil.rmtree(FOLDER, ignore_errors=True)
    system = System(FOLDER, name="bench")
    await system.start()
    try:
        await _fill(system)
        page = await _page(system)
    finally:
        await system.stop()
    again = System(FOLDER, name="bench")
    started = time.perf_counter()
    await again.start()
    second = time.perf_counter() - started
    await again.stop()
    return [page, Figure("demo.second_start_s", second, 15.0, "s", "< 15", "the aim")]


async def _fill(system: System) -> None:
    await load(system.access())
    # The load's events are still on their way; let the house come to rest.
    await asyncio.sleep(5)


async def _page(system: System) -> Figure:
    doors = Doors(system.urls, system.secrets.service_secrets["gateway"], SystemClock())
    parent = await doors.sign_in("noisetier", PASSWORD, "family")
    browser = await Browser.signed_in(system.urls["gateway"], "noisetier")
    pages, renders, calls = [], [], {name: [] for name in HOME}
    for _ in range(ROUNDS):
        took, timing = await _home(browser)
        pages.append(took)
        renders.append(timing)
        for name in HOME:
            calls[name].append(await _timed(_ask(parent, name)))
    await browser.close()
    await doors.close()
    slowest = max(statistics.median(times) for times in calls.values())
    limit = slowest + statistics.median(renders)
    return Figure(
        "gateway.page",
        statistics.median(pages),
        limit,
        "ms",
        "<= 1.5",
        "slowest upstream call + render",
    )


def _ask(parent: Caller, name: str) -> Callable[[], Awaitable[object]]:
    service, path, parameters = HOME[name]
    return lambda: parent.get(service, path, **parameters)


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return 1000 * (time.perf_counter() - started)


class Browser:
    """Keeps the session's cookie by hand: a client library may refuse Secure over HTTP."""

    def __init__(self, portal: str) -> None:
        self.portal = portal
        self.cookie = ""
        self._client = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

    @classmethod
    async def open(cls, portal: str) -> "Browser":
        return cls(portal)

    @classmethod
    async def signed_in(cls, portal: str, identifier: str) -> "Browser":
        browser = cls(portal)
        await browser.sign_in(await browser.sign_in_form(identifier))
        return browser

    async def close(self) -> None:
        await self._client.close()

    async def sign_in_form(self, identifier: str) -> dict[str, str]:
        async with self._client.get(f"{self.portal}/connexion") as page:
            token = re.search(r'name="form_token" value="([^"]+)"', await page.text())
            self.cookie = _cookies(page)
        assert token
        return {"identifier": identifier, "password": PASSWORD, "form_token": token[1]}

    async def sign_in(self, form: dict[str, str]) -> None:
        headers = {"Origin": self.portal, "Cookie": self.cookie}
        async with self._client.post(
            f"{self.portal}/connexion", data=form, headers=headers, allow_redirects=False
        ) as answer:
            assert answer.status == 303, answer.status
            self.cookie = _cookies(answer)

    async def get(self, path: str) -> tuple[str, float]:
        """The page, and the milliseconds that its rendering took as it says itself."""
        async with self._client.get(self.portal + path, headers={"Cookie": self.cookie}) as page:
            assert page.status == 200
            timing = re.search(r"render;dur=([\d.]+)", page.headers["Server-Timing"])
            assert timing
            return await page.text(), float(timing[1])

    async def is_kept(self, path: str) -> bool:
        """Whether the page was kept rather than made, as it says itself."""
        headers = {"Cookie": self.cookie, "Accept-Encoding": "gzip"}
        async with self._client.get(self.portal + path, headers=headers) as page:
            assert page.status == 200
            return "kept" in page.headers["Server-Timing"]

    async def weigh(self, path: str) -> tuple[str, int]:
        """The text and its bytes on the wire."""
        headers = {"Cookie": self.cookie, "Accept-Encoding": "gzip"}
        async with self._client.get(
            self.portal + path, headers=headers, auto_decompress=False
        ) as answer:
            assert answer.status == 200
            body = await answer.read()
            packed = answer.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(body) if packed else body).decode(errors="replace"), len(body)


def _cookies(answer: aiohttp.ClientResponse) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in answer.cookies.items())


async def _home(browser: Browser) -> tuple[float, float]:
    started = time.perf_counter()
    _, timing = await browser.get("/")
    return 1000 * (time.perf_counter() - started), timing
