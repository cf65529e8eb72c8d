"""One real request, from the calendar to the inbox, as the guide for families tells it."""

import asyncio
import re
from datetime import date

from playwright.async_api import Locator, Page, expect

from chassis.web import french
from portail_local.demo_data.rates import GRIDS

from . import booking
from .days import Cell, free_day, is_asked_for, requests_for
from .people import JOURNEY, WITHOUT_SCRIPT, People, sign_in

pytestmark = JOURNEY

THIS_MONTH = ("2026-11", "2026-12", "2027-01")
SECOND_BAND = 1
"""The family's quotient, 540, is in the second band of each grid: 400 to 599."""
PATIENCE = 60
"""Tries, half a second apart."""
REASON = "Le groupe du soir est complet ce jour-là : un autre jour reste possible."


async def test_one_request_from_the_calendar_to_the_inbox(people: People) -> None:
    parent, agent = await people.stranger(), await people.stranger()
    family = await people.calls("noisetier")
    wanted = await free_day(family, months=THIS_MONTH, child="Lou")
    other = await free_day(family, rate_code="morning", months=("2026-11", "2027-06"), child="Lou")

    await sign_in(parent, "noisetier")
    await _home_tells_what_the_guide_promises(parent)
    await _agenda_from_home(parent, wanted)
    await booking.ask_by_right_click(parent, wanted)
    await is_asked_for(parent, wanted)
    await parent.evaluate("window.neverReloaded = true")

    (asked,) = await requests_for(family, wanted)
    await sign_in(agent, "secretariat")
    await _queue_shows_the_deadline(agent, asked["number"])
    await booking.accept(agent, asked["number"])

    await expect(wanted.on(parent)).to_have_attribute("data-state", "booked")
    await expect(wanted.chip(parent)).to_have_accessible_name(re.compile("Réservé"))
    assert await parent.evaluate("window.neverReloaded") is True
    await _right_without_script(people, wanted)
    await _inbox_says(parent, asked["number"], "acceptée", "Places? réservée")
    await _charged_at_the_price_of_the_child(parent, wanted)

    await parent.goto(other.month_page)
    await booking.ask_by_right_click(parent, other)
    await is_asked_for(parent, other)
    (second,) = await requests_for(family, other)
    await agent.goto("/console")
    await booking.refuse(agent, second["number"], REASON)
    await expect(other.on(parent)).to_have_attribute("data-state", "refused")
    await _list_says_why(parent, second["number"])
    await _inbox_says(parent, second["number"], "refusée", re.escape(_as_shown(REASON)))


async def _home_tells_what_the_guide_promises(page: Page) -> None:
    """Guide, section 1: guardians, balance, unpaid invoices, children."""
    await expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Camille et Sacha")
    guardians = page.get_by_role("region", name="Responsables")
    await expect(guardians).to_contain_text("Camille Noisetier, responsable payeur")
    balance = page.get_by_role("region", name="Solde de la famille")
    await expect(balance).to_contain_text(re.compile(r"72,20\s€\s*à régler"))
    invoice = re.compile(r"Facture 2026-\d+.*30 nov\..*72,20\s€", re.DOTALL)
    await expect(balance).to_contain_text(invoice)
    children = page.get_by_role("region", name="Mes enfants, cette semaine")
    for name in ("Lou Noisetier", "Noé Noisetier"):
        await expect(children).to_contain_text(name)


async def _agenda_from_home(page: Page, cell: Cell) -> None:
    await page.get_by_role("link", name=f"Agenda de {cell.child_name}").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Agenda de Lou")
    await expect(page.get_by_role("grid", name="Novembre 2026")).to_be_visible()
    if not cell.day.startswith("2026-11"):
        await page.goto(cell.month_page)


async def _queue_shows_the_deadline(agent: Page, number: str) -> None:
    """Two months for an answer, and then silence means yes (CRPA L.231-1)."""
    await expect(agent).to_have_url(re.compile("/console/demandes"))
    row = agent.get_by_role("row").filter(has_text=number)
    await expect(row).to_contain_text("Noisetier")
    await expect(row).to_contain_text("24 janv.")
    detail = await booking.open_request(agent, number)
    await expect(detail).to_contain_text("Lou Noisetier, 7 ans")
    await expect(detail).to_contain_text("Échéance légale")
    await expect(detail).to_contain_text("24 janvier 2027")
    await expect(detail).to_contain_text("le silence vaut accord")


async def _right_without_script(people: People, cell: Cell) -> None:
    plain = await people.signed_in("noisetier", **WITHOUT_SCRIPT)
    await plain.goto(cell.month_page)
    await expect(cell.chip(plain)).to_have_accessible_name(re.compile("Réservé"))


async def _inbox_says(page: Page, number: str, outcome: str, words: str) -> None:
    await page.get_by_role("link", name="Messages").first.click()
    newest = page.locator("main li").filter(has_text=number)
    await expect(newest).to_contain_text(f"Demande de réservation {outcome}")
    await expect(newest).to_contain_text("non lu")
    await newest.get_by_role("link").click()
    body = page.get_by_role("main")
    await expect(body).to_contain_text(f"{number}) est {outcome}")
    await expect(body).to_contain_text(re.compile(words))
    await body.get_by_role("link", name=number).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"Demande {number}")


async def _charged_at_the_price_of_the_child(page: Page, cell: Cell) -> None:
    label, _, prices, _ = GRIDS["evening"]
    price = f"{prices[SECOND_BAND] / 100:.2f}".replace(".", ",") + r"\s€"
    await page.goto(f"/enfants/{cell.child_id}")
    applied = page.get_by_role("region", name="Tarifs appliqués").locator("li")
    rate = applied.filter(has_text=label)
    await expect(rate).to_contain_text("Tranche T2, quotient familial 540")
    await expect(rate.locator(".amount")).to_have_text(re.compile(price))
    await page.goto(f"/releve?mois={cell.day[:7]}")
    line = await _on_some_page(page, f"{_short_day(cell.day)}, Lou, {label}")
    await expect(line).to_contain_text("Tranche T2, quotient familial 540")
    await expect(line.locator(".amount")).to_have_text(re.compile(price))


async def _on_some_page(page: Page, words: str) -> Locator:
    """The line, on whichever page of the list it is, once the news of it has travelled."""
    line = page.locator("main li").filter(has_text=words)
    first_page = page.url
    for _ in range(PATIENCE):
        if await _walk_to(page, line):
            break
        await asyncio.sleep(0.5)
        await page.goto(first_page)
    await expect(line).to_have_count(1)
    return line


async def _walk_to(page: Page, line: Locator) -> bool:
    following = page.get_by_role("link", name="Page suivante")
    while not await line.count():
        if not await following.count():
            return False
        await following.click()
        await page.wait_for_load_state()
    return True


async def _list_says_why(page: Page, number: str) -> None:
    await page.get_by_role("link", name="Mes demandes").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Liste des demandes")
    for choice in ("Tout", "Mes enfants"):
        await page.get_by_role("link", name=choice, exact=True).last.click()
        item = page.locator("main li").filter(has_text=number)
        await expect(item).to_contain_text("Refusée")
        await expect(item).to_contain_text(_as_shown(REASON))
    await page.get_by_role("link", name="Mon compte", exact=True).last.click()
    await expect(page.locator("main li").filter(has_text=number)).to_have_count(0)


def _as_shown(words: str) -> str:
    """French typography puts a space that does not break before a colon."""
    return words.replace(" :", "\N{NO-BREAK SPACE}:")


def _short_day(day: str) -> str:
    return french.sentence(french.day_short(date.fromisoformat(day)))
