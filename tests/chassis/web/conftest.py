"""The gallery's server and a browser, once for all the tests of this folder."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

# The gallery's modules stand beside the tests, which pytest imports without a package.
sys.path.insert(0, str(Path(__file__).parent))

from gallery_site import Site, serve


@pytest.fixture(scope="session")
def gallery_site() -> Iterator[Site]:
    with serve() as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each module: Playwright's synchronous interface holds the event loop
    of the thread, and asynchronous tests of other modules need it.
    """
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield launched
        launched.close()


@pytest.fixture
def site(gallery_site: Site) -> Site:
    gallery_site.forget()
    return gallery_site


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page at 1280 pixels; any error in its console fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, reduced_motion="reduce", locale="fr-FR"
    )
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    assert faults == []
