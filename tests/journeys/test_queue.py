"""The queue in an agent's hands: a mouse, two keys, a phone."""

from playwright.async_api import expect

from support.story import ask_for, submit

from . import booking
from .days import free_day, is_asked_for, requests_for
from .people import JOURNEY, ON_A_PHONE, People

pytestmark = JOURNEY

A_SCREENFUL = 9


async def test_on_a_phone_choosing_a_request_brings_its_detail_in_sight(people: People) -> None:
    """The detail stands under the list there: nothing seems to happen when nobody goes to it."""
    family = await people.calls("noisetier")
    asked = [ask_for((await free_day(family)).line) for _ in range(A_SCREENFUL)]
    for one in asked:
        await submit(family, one)
    agent = await people.signed_in("secretariat", **ON_A_PHONE)
    await agent.goto("/console/demandes")
    await agent.locator(".queue-number a").first.tap()
    await expect(agent.locator("#detail-title")).to_be_in_viewport()


async def test_two_agents_do_not_decide_twice(people: People) -> None:
    """The second reads who was faster, and keeps the reason that was typed."""
    number = await _some_request(people)
    first, second = [await people.signed_in("secretariat") for _ in range(2)]
    for agent in (first, second):
        await agent.goto("/console/demandes")
    detail = await booking.open_request(second, number)
    await booking.accept(first, number)
    await detail.get_by_text("Refuser…").click()
    await detail.get_by_label("Motif du refus").fill("Trop tard pour ce motif.")
    await detail.get_by_role("button", name="Refuser la demande").click()
    await expect(second.get_by_role("alert")).to_contain_text("déjà été acceptée par Dominique Roy")
    await expect(second.get_by_role("main")).to_contain_text("Trop tard pour ce motif.")


async def test_what_is_ticked_is_accepted_at_once_and_each_line_says_so(people: People) -> None:
    """By keyboard: X ticks, J walks on; then the button names what it does."""
    numbers = [await _some_request(people) for _ in range(2)]
    agent = await people.signed_in("secretariat")
    await agent.goto("/console/demandes?recherche=noisetier")
    for number in numbers:
        await booking.open_request(agent, number)
        await agent.keyboard.press("x")
    await expect(agent.get_by_text("2 cochées")).to_be_visible()
    await agent.get_by_role("button", name="Accepter les demandes cochées").click()
    await expect(agent.get_by_role("status").first).to_contain_text("2 demandes acceptées")
    for number in numbers:
        line = agent.get_by_role("listitem").filter(has_text=number)
        await expect(line).to_contain_text("Acceptée")


async def _some_request(people: People) -> str:
    family = await people.calls("noisetier")
    cell = await free_day(family)
    parent = await people.signed_in("noisetier")
    await booking.open_month(parent, cell)
    await booking.ask_by_right_click(parent, cell)
    await is_asked_for(parent, cell)
    (asked,) = await requests_for(family, cell)
    return str(asked["number"])
