"""Chromium, and people at their browsers, before the house that `tests/conftest.py` starts."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from support.house import House
from support.running import PATIENCE_MILLISECONDS, TRUSTING, RunningHouse

from .people import People

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


expect.set_options(timeout=20_000)
"""Milliseconds: what a busy machine may take; nothing waits longer than it must."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    running = RunningHouse.found()
    if running:
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=CHROMIUM + (TRUSTING if running else []),
        )
        yield launched
        await launched.close()


@pytest.fixture(scope="session")
def sessions() -> dict[str, object]:
    """Sign-ins of this run by identifier: a test that is not about signing in borrows one."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def people(
    browser: Browser, house: House, sessions: dict[str, object]
) -> AsyncIterator[People]:
    """Fails the test when a page's script failed or something was kept out by the CSP."""
    coming = People(browser, house, sessions)
    try:
        yield coming
    finally:
        await coming.leave()
    assert coming.complaints == []
