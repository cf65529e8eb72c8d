"""Kept pages before the real services: what is written is on the very next page, at once."""

import re

import aiohttp

from bench.portal import Browser
from support.story import accept, ask_for, submit
from support.waiting import eventually

from .days import Cell, free_day
from .people import JOURNEY, People

pytestmark = JOURNEY


class Reader:
    """One session that reads one address."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser, self.path = browser, path

    async def read(self) -> tuple[str, bool]:
        """The page, and whether it had been kept."""
        headers = {"Cookie": self.browser.cookie, "Accept-Encoding": "gzip"}
        address = self.browser.portal + self.path
        async with aiohttp.request("GET", address, headers=headers) as answer:
            assert answer.status == 200
            return await answer.text(), "kept" in answer.headers["Server-Timing"]

    async def until_kept(self) -> str:
        """While the house is busy with events, it is made anew each time."""

        page, _ = await eventually(self.read, lambda seen: seen[1])
        return page


def _state(page: str, cell: Cell) -> str:
    found = re.search(rf'data-cell="{cell.key}" data-state="(\w+)"', page)
    return found[1] if found else "not there"


async def test_whoever_writes_the_next_page_shows_it(people: People) -> None:
    family, agent = await people.calls("noisetier"), await people.calls("secretariat")
    cell = await free_day(family)
    path = f"/agenda?mois={cell.day[:7]}"
    here, elsewhere, others = [
        Reader(await Browser.signed_in(people.house.portal, name), path)
        for name in ("noisetier", "noisetier", "bleuet")
    ]
    for one in (here, elsewhere):
        assert _state(await one.until_kept(), cell) == "free"
    assert _state(await others.until_kept(), cell) == "not there"

    asked = ask_for(cell.line)
    await submit(family, asked)
    for one in (here, elsewhere):
        assert _state((await one.read())[0], cell) == "requested"
    await here.until_kept()

    await accept(agent, asked)
    for one in (here, elsewhere):
        assert _state((await one.read())[0], cell) == "booked"
    assert _state(await here.until_kept(), cell) == "booked"
    for one in (here, elsewhere, others):
        await one.browser.close()
