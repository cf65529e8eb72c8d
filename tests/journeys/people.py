"""Who sits before the browser: a family or an agent, on a desk or with a phone in hand."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from portail_local.demo_data.doors import Caller, Doors
from portail_local.demo_data.families import FAMILIES, PASSWORD
from support.house import House

JOURNEY = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    pytest.mark.asyncio(loop_scope="session"),
]
"""Marks of every file here: one Chromium and one event loop for the run."""

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
ON_A_PHONE = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
WITHOUT_SCRIPT = {"java_script_enabled": False}

_FAMILIES = {family.identifier for family in FAMILIES}
# A status that a test provokes is its own business; a script that fails never is.
_EXPECTED = re.compile(r"Failed to load resource|net::ERR_")


class People:
    """Opens browsers for people of the demo and watches what their pages complain about."""

    def __init__(self, browser: Browser, house: House, sessions: dict[str, Any]) -> None:
        self.house = house
        self.complaints: list[str] = []
        self._browser = browser
        self._sessions = sessions
        self._contexts: list[BrowserContext] = []
        self._doors: Doors | None = None
        self._callers: dict[str, Caller] = {}

    async def stranger(self, **options: Any) -> Page:
        """A browser in which nobody is signed in."""
        options = {"viewport": DESKTOP, **options}
        context = await self._browser.new_context(
            locale="fr-FR", timezone_id="Europe/Paris", base_url=self.house.portal, **options
        )
        context.set_default_timeout(15_000)
        context.on("page", self._watch)
        self._contexts.append(context)
        return await context.new_page()

    async def signed_in(self, identifier: str, **options: Any) -> Page:
        """A browser with the person's session, made once per run; the page is still blank."""
        if identifier not in self._sessions:
            page = await self.stranger()
            await sign_in(page, identifier)
            self._sessions[identifier] = await page.context.storage_state()
            await page.context.close()
        return await self.stranger(storage_state=self._sessions[identifier], **options)

    async def calls(self, identifier: str) -> Caller:
        """The same person without a browser, at the services' own doors."""
        self._doors = self._doors or self.house.doors()
        if identifier not in self._callers:
            door = _door(identifier)
            self._callers[identifier] = await self._doors.sign_in(identifier, PASSWORD, door)
        return self._callers[identifier]

    async def leave(self) -> None:
        for context in self._contexts:
            await context.close()
        if self._doors is not None:
            await self._doors.close()

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._listen(page, message))
        page.on("dialog", lambda dialog: self.complaints.append(f"{page.url}: {dialog.message}"))

    def _listen(self, page: Page, message: ConsoleMessage) -> None:
        if message.type == "error" and not _EXPECTED.search(message.text):
            self.complaints.append(f"{page.url}: {message.text}")


def _door(identifier: str) -> str:
    return "family" if identifier in _FAMILIES else "staff"


async def sign_in(page: Page, identifier: str, path: str | None = None) -> None:
    """From the sign-in page, or from whatever page leads there."""
    at = {"family": "/connexion", "staff": "/console"}[_door(identifier)]
    await page.goto(path or at)
    await page.get_by_label("Identifiant").fill(identifier)
    await page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Se connecter").click()
    await page.wait_for_url(lambda url: "connexion" not in url)
