"""The four ways of doing what the guide says: mouse, keyboard, finger on a phone, no script."""

import re
from typing import Any, ClassVar

import pytest
from playwright.async_api import Locator, Page, expect

from . import booking
from .days import Cell
from .people import ON_A_PHONE, PHONE, WITHOUT_SCRIPT


class Mouse:
    """At a desk, as the guide describes it: right click included."""

    options: ClassVar[dict[str, Any]] = {}

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, target: Locator) -> None:
        await target.click()

    async def go(self, section: str) -> None:
        """By the horizontal bar of buttons."""
        await self.press(self._bar().get_by_role("link", name=section))
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    async def choose(self, cell: Cell, choice: str) -> Locator:
        """The day's menu, then a choice; what asks to confirm it."""
        await booking.open_agenda(self.page, cell)
        await self._open_menu(await booking.reach(self.page, cell))
        await self.press(booking.menu(self.page).get_by_role("menuitem", name=choice))
        await expect(booking.dialog(self.page)).to_be_visible()
        return booking.dialog(self.page)

    async def confirm(self, asking: Locator) -> None:
        await self.press(asking.get_by_role("button", name="Confirmer"))
        await expect(booking.dialog(self.page)).to_be_hidden()

    async def sees(self, cell: Cell, state: str) -> None:
        """The symbol is in the cell at once, where the page stands."""
        await expect(cell.chip(self.page)).to_have_accessible_name(re.compile(state))

    async def _open_menu(self, chip: Locator) -> None:
        await chip.click(button="right")

    def _bar(self) -> Locator:
        return self.page.get_by_role("navigation", name="Navigation principale")


class Keyboard(Mouse):
    """Keys alone: what is pressed must be able to have the focus."""

    async def press(self, target: Locator) -> None:
        await target.focus()
        await expect(target).to_be_focused()
        await self.page.keyboard.press("Enter")

    async def _open_menu(self, chip: Locator) -> None:
        await chip.focus()
        await self.page.keyboard.press("ContextMenu")


class OnAPhone(Mouse):
    """360 pixels wide, where the bar is five tabs and « Plus »."""

    async def go(self, section: str) -> None:
        if not await self._bar().get_by_role("link", name=section).count():
            await self.press(self._bar().get_by_text("Plus"))
        await super().go(section)


class Finger(OnAPhone):
    options: ClassVar[dict[str, Any]] = ON_A_PHONE

    async def press(self, target: Locator) -> None:
        await target.tap()

    async def _open_menu(self, chip: Locator) -> None:
        await chip.tap()


class WithoutScript(OnAPhone):
    """The browser runs no script: links and forms are all there is."""

    options: ClassVar[dict[str, Any]] = {**WITHOUT_SCRIPT, "viewport": PHONE}

    async def choose(self, cell: Cell, choice: str) -> Locator:
        """On the page of the day, where every form lies open."""
        await booking.open_agenda(self.page, cell)
        await self.press(cell.chip(self.page))
        await expect(self.page).to_have_url(re.compile(cell.day_page))
        slot = self.page.locator(f"#cellule-{cell.key}")
        if not await slot.get_by_label("Motif de l’absence").count():
            await self.press(slot.get_by_role("button", name=choice))
            return self.page.get_by_role("main")
        return slot

    async def confirm(self, asking: Locator) -> None:
        declaring = asking.get_by_role("button", name="Déclarer une absence")
        if await declaring.count():
            await self.press(declaring)
        await self.press(self.page.get_by_role("button", name="Confirmer"))
        await expect(self.page).not_to_have_url(re.compile("/agenda/"))

    async def sees(self, cell: Cell, state: str) -> None:
        """As soon as the month is open again."""
        await self.page.goto(cell.month_page)
        await super().sees(cell, state)


HANDS = pytest.mark.parametrize(
    "hand", [Mouse, Keyboard, Finger, WithoutScript], ids=lambda hand: hand.__name__
)
