"""What a parent does in the agenda and an agent in the queue, step by step."""

import re

from playwright.async_api import Locator, Page, expect

from .days import Cell

REQUEST = "Demande de réservation"


async def open_month(page: Page, cell: Cell) -> None:
    """The agenda at a cell that may be asked for."""
    await open_agenda(page, cell)
    await expect(cell.on(page)).to_have_attribute("data-state", "free")


async def open_agenda(page: Page, cell: Cell) -> None:
    """The month of the cell; on a phone, its week."""
    await page.goto(cell.month_page)
    if await page.locator(".week-jump").is_visible():
        week = page.locator(".week", has=cell.on(page))
        await page.goto(f"{cell.month_page}#{await week.get_attribute('id')}")


async def reach(page: Page, cell: Cell) -> Locator:
    """The cell's chip in sight and at rest: what scrolls away closes its menu, as menus do."""
    chip = cell.chip(page)
    await chip.scroll_into_view_if_needed()
    await page.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(done), 50))")
    return chip


def menu(page: Page) -> Locator:
    return page.get_by_role("menu")


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


async def choose_request(page: Page) -> None:
    """In the open menu, as the guide says it."""
    await menu(page).get_by_role("menuitem", name=REQUEST).click()
    await expect(dialog(page)).to_be_visible()


async def confirm(page: Page) -> None:
    await dialog(page).get_by_role("button", name="Confirmer").click()
    await expect(dialog(page)).to_be_hidden()


async def ask_by_right_click(page: Page, cell: Cell) -> None:
    """From the month that is open."""
    await (await reach(page, cell)).click(button="right")
    await choose_request(page)
    await expect(dialog(page)).to_contain_text(REQUEST)
    await confirm(page)


async def open_request(agent: Page, number: str) -> Locator:
    """Choose the request in the queue; its detail."""
    row = agent.get_by_role("row").filter(has_text=number)
    following = agent.get_by_role("link", name="Page suivante")
    while not await row.count() and await following.count():
        await following.click()
        await agent.wait_for_load_state()
    await row.get_by_role("link", name=number).click()
    detail = agent.locator("[data-request]")
    await expect(row).to_have_class(re.compile("selected"))
    await expect(agent.locator('[data-queue-detail][aria-busy="true"]')).to_have_count(0)
    return detail


async def accept(agent: Page, number: str) -> None:
    detail = await open_request(agent, number)
    await detail.get_by_role("button", name="Accepter").click()
    await expect(agent.get_by_role("status").first).to_contain_text(f"{number} acceptée")


async def refuse(agent: Page, number: str, reason: str) -> None:
    detail = await open_request(agent, number)
    await detail.get_by_text("Refuser…").click()
    await detail.get_by_label("Motif du refus").fill(reason)
    await detail.get_by_role("button", name="Refuser la demande").click()
    await expect(agent.get_by_role("status").first).to_contain_text(f"{number} refusée")
