"""What happens elsewhere appears on open pages by itself."""

from typing import Any

from playwright.async_api import Locator, Page, expect

from portail_contracts.catalogue import Context
from support.story import accept, ask_for, submit

from . import booking
from .days import free_day
from .people import JOURNEY, People

pytestmark = JOURNEY


async def test_an_open_agenda_and_its_count_of_messages_follow_a_decision(people: People) -> None:
    family, agent = await people.calls("noisetier"), await people.calls("secretariat")
    cell = await free_day(family)
    page = await people.signed_in("noisetier")
    await booking.open_month(page, cell)
    unread = int(await _messages(page).text_content() or 0)
    asked = ask_for(cell.line)
    await submit(family, asked)
    await expect(cell.on(page)).to_have_attribute("data-state", "requested")
    await accept(agent, asked)
    await expect(cell.on(page)).to_have_attribute("data-state", "booked")
    await expect(page.locator("#annonces")).to_contain_text("Mise à jour")
    await expect(_messages(page)).to_have_text(str(unread + 1))


async def test_a_page_without_a_stream_may_ask_what_changed(people: People) -> None:
    """For networks that hold streams back: the days to read again, by the question of 20 s."""
    family, agent = await people.calls("noisetier"), await people.calls("secretariat")
    cell = await free_day(family)
    page = await people.signed_in("noisetier")
    await booking.open_month(page, cell)
    before = await _news(page, None)
    assert before["changes"] == []
    asked = ask_for(cell.line)
    await submit(family, asked)
    assert _days(await _news(page, before["cursor"]), cell.child_id) == [cell.day]
    await accept(agent, asked)
    assert _days(await _news(page, before["cursor"]), cell.child_id) == [cell.day]


async def test_a_request_taken_back_frees_the_day_again(people: People) -> None:
    family = await people.calls("noisetier")
    cell = await free_day(family)
    page = await people.signed_in("noisetier")
    await booking.open_month(page, cell)
    await booking.ask_by_right_click(page, cell)
    await (await booking.reach(page, cell)).click()
    await booking.menu(page).get_by_role("menuitem", name="Retirer la demande").click()
    await booking.confirm(page)
    await expect(cell.on(page)).to_have_attribute("data-state", "free")
    await page.reload()
    await expect(cell.on(page)).to_have_attribute("data-state", "free")


async def test_a_message_kept_unread_is_counted_again(people: People) -> None:
    family = await people.calls("noisetier")
    page = await people.signed_in("noisetier")
    await page.goto("/messages")
    await page.locator(".thread-subject").first.click()
    unread = int(await _messages(page).text_content() or 0)
    await page.get_by_role("button", name="Marquer comme non lu").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Boîte de réception")
    await expect(_messages(page)).to_have_text(str(unread + 1))
    counted = await family.get(Context.MESSAGING, "/v1/me/counts")
    assert counted == {"unread": unread + 1}


def _messages(page: Page) -> Locator:
    return page.locator('.bar [data-count="messages"]')


async def _news(page: Page, since: str | None) -> dict[str, Any]:
    news: dict[str, Any] = await page.evaluate(
        """async (since) => {
            const query = since ? '?' + new URLSearchParams({ since }) : '';
            const answer = await fetch('/direct/recent' + query,
                { headers: { Accept: 'application/json' } });
            return await answer.json();
        }""",
        since,
    )
    return news


def _days(news: dict[str, Any], child_id: str) -> list[str]:
    return [
        day
        for change in news["changes"]
        if change["child_id"] in (None, child_id)
        for day in change["days"]
    ]
