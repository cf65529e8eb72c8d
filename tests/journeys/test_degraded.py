"""A room of the house is down: the others serve, say what is missing, and recover by themselves."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from portail_local.demo_data.families import PASSWORD
from support.house import House

from . import booking
from .days import free_day, is_asked_for, requests_for
from .forms import plant_form
from .people import JOURNEY, WITHOUT_SCRIPT, People

pytestmark = JOURNEY

INSIDE = re.compile(r"Traceback|File \"|Error\b|127\.0\.0\.1|Connection|aiohttp|\{\"")
"""What no page may show of how it was made."""

Switch = Callable[[str], Coroutine[Any, Any, None]]


@pytest_asyncio.fixture(loop_scope="session")
async def kill(house: House) -> AsyncIterator[Switch]:
    """Ends a process at once; whatever a test leaves down is up again after it."""
    down: list[str] = []

    async def killing(name: str) -> None:
        down.append(name)
        await _on(house, house.system.processes[name].kill())

    yield killing
    for name in down:
        await start(house, name)


async def start(house: House, name: str) -> None:
    process = house.system.processes[name]
    if not process.running:
        await _on(house, process.restart())


async def test_home_without_billing_shows_all_but_the_balance(people: People, kill: Switch) -> None:
    page = await people.signed_in("noisetier")
    await page.clock.install()
    await kill("billing")
    answer = await page.goto("/")
    assert answer is not None
    assert answer.status == 200
    balance = page.get_by_role("region", name="Solde de la famille")
    await expect(balance).to_contain_text("indisponible pour le moment")
    await expect(page.get_by_role("region", name="Responsables")).to_contain_text("Camille")
    children = page.get_by_role("region", name="Mes enfants, cette semaine")
    await expect(children).to_contain_text("Cantine")
    await _shows_nothing_of_the_inside(page)
    await start(people.house, "billing")
    # Nobody touches the page: the part that was missing asks again.
    await page.clock.run_for(15_000)
    await expect(balance).to_contain_text("72,20")


@pytest.mark.parametrize(
    ("service", "path", "missing"),
    [
        ("billing", "/releve", "Votre solde"),
        ("enrolment", "/agenda", "L’agenda"),
        ("enrolment", "/demandes", "La liste de vos demandes"),
        ("messaging", "/messages", "Vos messages"),
    ],
)
async def test_a_page_says_in_french_what_is_missing(
    people: People, kill: Switch, service: str, path: str, missing: str
) -> None:
    page = await people.signed_in("noisetier")
    await kill(service)
    await page.goto(path)
    await expect(page.get_by_role("main")).to_contain_text(missing)
    await expect(page.get_by_role("main")).to_contain_text("indisponible pour le moment")
    await _shows_nothing_of_the_inside(page)
    await start(people.house, service)
    await page.reload()
    await expect(page.get_by_role("main")).not_to_contain_text("indisponible")


async def test_the_console_without_enrolment_is_a_page_in_french(
    people: People, kill: Switch
) -> None:
    page = await people.signed_in("secretariat")
    await kill("enrolment")
    answer = await page.goto("/console/demandes")
    assert answer is not None
    assert answer.status == 503
    assert int((await answer.all_headers())["retry-after"]) > 0
    await expect(page.get_by_role("heading", level=1)).to_contain_text("indisponible")
    await expect(page.locator("html")).to_have_attribute("lang", "fr")
    await _shows_nothing_of_the_inside(page)
    await start(people.house, "enrolment")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Demandes")


async def test_signing_in_without_accounts_asks_to_come_back(people: People, kill: Switch) -> None:
    page = await people.stranger()
    await page.goto("/connexion")
    await kill("accounts")
    await page.get_by_label("Identifiant").fill("genet")
    await page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Se connecter").click()
    await expect(page.get_by_role("alert")).to_contain_text("Réessayez")
    await expect(page.get_by_label("Identifiant")).to_have_value("genet")
    await _shows_nothing_of_the_inside(page)
    await start(people.house, "accounts")
    home = page.get_by_role("heading", name="Bonjour Maud et Youssef")
    for _ in range(5):  # as the page says: in a few moments
        await page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Se connecter").click()
        await page.wait_for_load_state()
        if await home.count():
            break
    await expect(home).to_be_visible()


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
async def test_a_request_without_an_answer_can_be_sent_again_and_counts_once(
    people: People, kill: Switch, scripted: bool
) -> None:
    family = await people.calls("noisetier")
    cell = await free_day(family)
    page = await people.signed_in("noisetier", **({} if scripted else WITHOUT_SCRIPT))
    await page.goto(cell.month_page if scripted else cell.day_page)
    await kill("enrolment")
    if scripted:
        await (await booking.reach(page, cell)).click()
        await booking.choose_request(page)
        await booking.dialog(page).get_by_role("button", name="Confirmer").click()
    else:
        slot = page.locator(f"#cellule-{cell.key}")
        await slot.get_by_role("button", name=booking.REQUEST).click()
        await page.get_by_role("button", name="Confirmer la demande").click()
    await expect(page.get_by_role("alert")).to_contain_text("Renvoyez-la")
    await _shows_nothing_of_the_inside(page)
    await start(people.house, "enrolment")
    async with page.expect_request(lambda request: request.method == "POST") as sending:
        await page.get_by_role("button", name="Confirmer la demande").click()
    await page.wait_for_url(re.compile("/demandes/[0-9a-f-]{36}"))
    sent = await sending.value
    await plant_form(page, sent.url, dict(parse_qsl(sent.post_data or "")), token=None)
    async with page.expect_navigation():
        await page.evaluate("document.querySelector('#planted').submit()")
    await page.goto(cell.month_page)
    await is_asked_for(page, cell)
    assert len(await requests_for(family, cell)) == 1


async def test_messages_about_what_happened_meanwhile_arrive_afterwards(
    people: People, kill: Switch
) -> None:
    """Messaging and billing are down while the agent decides: the events wait for them."""
    family = await people.calls("noisetier")
    cell = await free_day(family)
    parent, agent = await people.signed_in("noisetier"), await people.signed_in("secretariat")
    await booking.open_month(parent, cell)
    await kill("messaging")
    await kill("billing")
    await booking.ask_by_right_click(parent, cell)
    (asked,) = await requests_for(family, cell)
    await agent.goto("/console")
    await booking.accept(agent, asked["number"])
    await start(people.house, "messaging")
    await start(people.house, "billing")
    await expect(_listed(parent, asked["number"])).to_have_count(0)
    await parent.goto("/messages")
    for _ in range(20):
        if await _listed(parent, asked["number"]).count():
            break
        await asyncio.sleep(0.25)
        await parent.reload()
    await expect(_listed(parent, asked["number"])).to_contain_text("acceptée")


def _listed(page: Page, number: str) -> Any:
    return page.locator("main li").filter(has_text=number)


async def _shows_nothing_of_the_inside(page: Page) -> None:
    found = INSIDE.search(await page.locator("body").inner_text())
    assert found is None, found


async def _on(house: House, work: Coroutine[Any, Any, Any]) -> None:
    """The house lives on a loop of its own."""
    await asyncio.to_thread(house.wait, work)
