"""The portal without a network: it says so, and an installed one shows what it last knew."""

import re

from playwright.async_api import Page, expect

from .people import JOURNEY, ON_A_PHONE, People, sign_in

pytestmark = JOURNEY

UNTIL_KEPT = """async () => {
  const kept = await caches.open("kept");
  while (!(await kept.match("/agenda"))) await new Promise((done) => setTimeout(done, 50));
}"""
OFFLINE = "Vous êtes hors connexion"


async def test_an_installed_portal_remembers_its_last_pages_until_sign_out(people: People) -> None:
    page = await people.stranger(**ON_A_PHONE)
    await sign_in(page, "bleuet")
    await page.goto("/?application=1")
    await page.evaluate(UNTIL_KEPT)
    await _cut_off(page)
    await page.goto("/agenda")
    await expect(page.get_by_role("alert")).to_contain_text(
        re.compile(rf"{OFFLINE}.*Cette page date du \w+ \d+ \w+", re.DOTALL)
    )
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Agenda")
    await page.goto("/factures")
    await expect(page.get_by_role("heading", level=1)).to_have_text(OFFLINE)
    await expect(page.get_by_role("link", name="Agenda", exact=True)).to_be_visible()

    await page.context.set_offline(False)
    await page.goto("/mon-compte")
    await page.get_by_text("Plus").tap()
    await page.get_by_role("button", name="Se déconnecter").tap()
    await expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    await _remembers_nothing(page)


async def test_a_mere_browser_remembers_nothing(people: People) -> None:
    page = await people.signed_in("bleuet")
    await page.goto("/")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.goto("/agenda")
    await _remembers_nothing(page)


async def _cut_off(page: Page) -> None:
    """No network, for the page and, a moment later, for its service worker."""
    await page.context.set_offline(True)
    for _ in range(100):
        await page.goto("/demandes")
        if await page.get_by_role("heading", level=1).text_content() == OFFLINE:
            return
        await page.wait_for_timeout(100)
    raise AssertionError("the service worker still reaches the portal")


async def _remembers_nothing(page: Page) -> None:
    await _cut_off(page)
    await page.goto("/agenda")
    await expect(page.get_by_role("heading", level=1)).to_have_text(OFFLINE)
    await expect(page.get_by_text("Gardé sur cet appareil")).to_be_hidden()
