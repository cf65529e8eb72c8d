"""Days of the agenda, each given to one test only, and what became of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from playwright.async_api import Locator, Page, expect

from chassis.web import french
from portail_contracts.catalogue import Context
from portail_local.demo_data.doors import Caller

MONTHS = ("2026-12", "2027-01", "2027-03", "2027-05", "2027-06")
_taken: set[tuple[str, str, str]] = set()


@dataclass(frozen=True)
class Cell:
    """One slot of one child on one day."""

    child_id: str
    child_name: str
    slot_id: str
    day: str

    @property
    def key(self) -> str:
        return f"{self.child_id}_{self.slot_id}_{self.day}"

    @property
    def month_page(self) -> str:
        return f"/enfants/{self.child_id}/agenda?mois={self.day[:7]}"

    @property
    def day_page(self) -> str:
        return f"/enfants/{self.child_id}/agenda/{self.day}"

    @property
    def line(self) -> dict[str, str]:
        return {"child_id": self.child_id, "slot_id": self.slot_id, "day": self.day}

    def on(self, page: Page) -> Locator:
        return page.locator(f'[data-cell="{self.key}"]')

    def chip(self, page: Page) -> Locator:
        """What is seen in the day: its symbol, slot and state."""
        return self.on(page).locator("[data-chip]")


async def free_day(
    parent: Caller,
    *,
    rate_code: str = "evening",
    months: tuple[str, ...] = MONTHS,
    child: str | None = None,
) -> Cell:
    """The next day that may be asked for and that no other test was given."""
    return await day_for(
        parent,
        # a refused day may be asked for again
        lambda cell: cell["state"] == "free" and "booking.request" in cell["actions"],
        rate_code=rate_code,
        months=months,
        child=child,
    )


async def day_for(
    parent: Caller,
    wanted: Callable[[dict[str, Any]], bool],
    *,
    rate_code: str,
    months: tuple[str, ...] = MONTHS,
    child: str | None = None,
) -> Cell:
    """The next day as wanted that no other test was given."""
    names = await _names(parent)
    for month in months:
        agenda = await parent.get(Context.ENROLMENT, "/v1/me/agenda", month=month)
        for cell in (cell for day in agenda["days"] for cell in day["cells"]):
            key = (cell["child_id"], cell["slot_id"], cell["day"])
            name = names[cell["child_id"]]
            fits = cell["rate_code"] == rate_code and child in (None, name) and wanted(cell)
            if fits and key not in _taken:
                _taken.add(key)
                return Cell(key[0], name, key[1], key[2])
    raise AssertionError(f"no {rate_code} as wanted is left in {months}")


async def _names(parent: Caller) -> dict[str, str]:
    family = await parent.get(Context.ACCOUNTS, "/v1/me/family")
    return {child["child_id"]: child["given_name"] for child in family["children"]}


async def requests_for(parent: Caller, cell: Cell) -> list[dict[str, Any]]:
    """Every request of the family that asks for this cell."""
    found: list[dict[str, Any]] = []
    page, pages = 1, 1
    while page <= pages:
        listed = await parent.get(Context.ENROLMENT, "/v1/me/requests", page=str(page))
        for item in listed["items"]:
            if french.day_short(date.fromisoformat(cell.day)) not in item["object"]:
                continue
            path = f"/v1/me/requests/{item['request_id']}"
            request = await parent.get(Context.ENROLMENT, path)
            if any(cell.line.items() <= line.items() for line in request["lines"]):
                found.append(request)
        page, pages = page + 1, listed["pages"]
    return found


async def is_asked_for(page: Page, cell: Cell) -> None:
    """The symbol is in the day's cell."""
    await expect(cell.chip(page)).to_contain_text("Demande en attente")
    await expect(cell.chip(page)).to_have_accessible_name(re.compile("Demande en attente"))
