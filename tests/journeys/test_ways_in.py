"""The same request by every other way in than the guide's own. It is never made twice."""

import asyncio
import re
from datetime import date
from urllib.parse import parse_qsl

import pytest
from playwright.async_api import Page, expect

from . import booking
from .days import Cell, free_day, is_asked_for, requests_for
from .forms import plant_form
from .people import JOURNEY, ON_A_PHONE, PHONE, WITHOUT_SCRIPT, People

pytestmark = JOURNEY

LONG = 0.8
"""Seconds of a finger that stays: more than the half second of the agenda."""


async def test_the_button_of_the_list_on_a_phone(people: People) -> None:
    page, cell = await _at_a_free_day(people, **ON_A_PHONE)
    await cell.on(page).get_by_role("button", name="Réserver").tap()
    await booking.confirm(page)
    await is_asked_for(page, cell)


async def test_a_long_press(people: People) -> None:
    page, cell = await _at_a_free_day(people, **ON_A_PHONE)
    await _press_long(page, cell)
    await booking.choose_request(page)
    await booking.confirm(page)
    await is_asked_for(page, cell)


async def test_a_click(people: People) -> None:
    page, cell = await _at_a_free_day(people)
    await (await booking.reach(page, cell)).click()
    await booking.choose_request(page)
    await booking.confirm(page)
    await is_asked_for(page, cell)


async def test_a_right_click_beside_the_slot_means_the_slot(people: People) -> None:
    """The guide: place yourself on the day, right click."""
    page, cell = await _at_a_free_day(people)
    box = await (await booking.reach(page, cell)).bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + 20, box["y"] + box["height"] + 2, button="right")
    await booking.choose_request(page)
    await booking.confirm(page)
    await is_asked_for(page, cell)


@pytest.mark.parametrize("key", ["Enter", "Space", "Shift+F10"])
async def test_the_keyboard_alone(people: People, key: str) -> None:
    page, cell = await _at_a_free_day(people)
    await _tab_to_the_grid(page)
    await _arrows_to(page, cell)
    await page.keyboard.press(key)
    await expect(page.get_by_role("menuitem", name=booking.REQUEST)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(booking.dialog(page).get_by_role("button", name="Confirmer")).to_be_focused()
    await page.keyboard.press("Enter")
    await is_asked_for(page, cell)
    await expect(cell.chip(page)).to_be_focused()


async def test_escape_leaves_everything_as_it_was(people: People) -> None:
    page, cell = await _at_a_free_day(people)
    await (await booking.reach(page, cell)).click(button="right")
    await page.keyboard.press("Escape")
    await expect(booking.menu(page)).to_be_hidden()
    await expect(cell.chip(page)).to_be_focused()
    await cell.chip(page).press("Enter")
    await booking.choose_request(page)
    await page.keyboard.press("Escape")
    await expect(booking.dialog(page)).to_be_hidden()
    await expect(cell.chip(page)).to_be_focused()
    assert await requests_for(await people.calls("noisetier"), cell) == []


async def test_the_page_of_the_day_without_script(people: People) -> None:
    page, cell = await _at_a_free_day(people, **WITHOUT_SCRIPT)
    await cell.chip(page).click()
    await expect(page).to_have_url(re.compile(cell.day_page))
    await _ask_on_the_day_page(page, cell)
    await page.get_by_role("button", name="Confirmer la demande").click()
    await _is_received(page, cell)


async def test_the_button_of_the_list_without_script(people: People) -> None:
    page, cell = await _at_a_free_day(people, **WITHOUT_SCRIPT, viewport=PHONE)
    await cell.on(page).get_by_role("button", name="Réserver").click()
    await _is_received(page, cell)


async def test_a_double_click_on_confirm_is_one_request(people: People) -> None:
    page, cell = await _at_a_free_day(people)
    await (await booking.reach(page, cell)).click(button="right")
    await booking.choose_request(page)
    await booking.dialog(page).get_by_role("button", name="Confirmer").dblclick()
    await is_asked_for(page, cell)
    await _asked_once(people, cell)


async def test_a_double_click_without_script_is_one_request(people: People) -> None:
    page, cell = await _at_a_free_day(people, **WITHOUT_SCRIPT)
    await page.goto(cell.day_page)
    await _ask_on_the_day_page(page, cell)
    await page.get_by_role("button", name="Confirmer la demande").dblclick()
    await _is_received(page, cell)
    await _asked_once(people, cell)


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
async def test_going_back_and_sending_again_is_one_request(people: People, scripted: bool) -> None:
    page, cell = await _at_a_free_day(people, java_script_enabled=scripted)
    await page.goto(cell.day_page)
    await _ask_on_the_day_page(page, cell)
    async with page.expect_request(lambda request: request.url.endswith("/demandes")) as sending:
        await page.get_by_role("button", name="Confirmer la demande").click()
    await page.wait_for_url(re.compile("/demandes/"))
    receipt = page.url
    await page.evaluate("history.go(-2)")
    await page.wait_for_url(re.compile(cell.day_page))
    slot = page.locator(f"#cellule-{cell.key}")
    await expect(slot).to_contain_text("Demande en attente")
    await expect(slot.get_by_role("button", name=booking.REQUEST)).to_have_count(0)
    sent = await sending.value
    await plant_form(page, sent.url, dict(parse_qsl(sent.post_data or "")), token=None)
    async with page.expect_navigation():
        await page.evaluate("document.querySelector('#planted').submit()")
    await expect(page).to_have_url(receipt)
    await _asked_once(people, cell)


async def test_two_tabs_are_one_request(people: People) -> None:
    page, cell = await _at_a_free_day(people)
    second = await page.context.new_page()
    await booking.open_month(second, cell)
    tabs = (page, second)
    for tab in tabs:
        await (await booking.reach(tab, cell)).click(button="right")
        await booking.choose_request(tab)
    confirming = [booking.dialog(tab).get_by_role("button", name="Confirmer") for tab in tabs]
    await asyncio.gather(*(button.click() for button in confirming))
    for tab in tabs:
        await expect(booking.dialog(tab)).to_be_hidden()
        await is_asked_for(tab, cell)
    await _asked_once(people, cell)


async def test_what_one_tab_asks_appears_in_the_other(people: People) -> None:
    page, cell = await _at_a_free_day(people)
    second = await page.context.new_page()
    await booking.open_month(second, cell)
    await booking.ask_by_right_click(page, cell)
    await is_asked_for(second, cell)


async def _at_a_free_day(people: People, **options: object) -> tuple[Page, Cell]:
    cell = await free_day(await people.calls("noisetier"))
    page = await people.signed_in("noisetier", **options)
    await booking.open_month(page, cell)
    return page, cell


async def _press_long(page: Page, cell: Cell) -> None:
    box = await (await booking.reach(page, cell)).bounding_box()
    assert box is not None
    finger = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    session = await page.context.new_cdp_session(page)
    send = "Input.dispatchTouchEvent"
    await session.send(send, {"type": "touchStart", "touchPoints": [finger]})
    await asyncio.sleep(LONG)
    await expect(booking.menu(page)).to_be_visible()
    await session.send(send, {"type": "touchEnd", "touchPoints": []})
    await expect(booking.menu(page)).to_be_visible()


async def _tab_to_the_grid(page: Page) -> None:
    """The whole grid is one stop: the next Tab leaves it."""
    inside = "document.activeElement.closest('[data-agenda]') !== null"
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate(inside):
            break
    assert await page.evaluate(inside)
    await page.keyboard.press("Tab")
    assert not await page.evaluate(inside)
    await page.keyboard.press("Shift+Tab")


async def _arrows_to(page: Page, cell: Cell) -> None:
    await page.keyboard.press("Control+Home")
    for _ in range(date.fromisoformat(cell.day).weekday()):
        await page.keyboard.press("ArrowRight")
    here = "document.activeElement.closest('[data-cell]')?.dataset.cell"
    for _ in range(40):
        if await page.evaluate(here) == cell.key:
            return
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows never came to {cell.day}")


async def _ask_on_the_day_page(page: Page, cell: Cell) -> None:
    slot = page.locator(f"#cellule-{cell.key}")
    await slot.get_by_role("button", name=booking.REQUEST).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Confirmer la demande")


async def _is_received(page: Page, cell: Cell) -> None:
    """The receipt, then the symbol in the day's cell."""
    await expect(page).to_have_url(re.compile("/demandes/"))
    await expect(page.get_by_role("region", name="Accusé de réception")).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text("En attente")
    await page.goto(cell.month_page)
    await is_asked_for(page, cell)


async def _asked_once(people: People, cell: Cell) -> None:
    assert len(await requests_for(await people.calls("noisetier"), cell)) == 1
