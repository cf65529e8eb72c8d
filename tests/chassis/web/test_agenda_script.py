"""The agenda under the fingers: keyboard, mouse, touch, the confirmation, the live events."""

import json
import re

import pytest
from gallery_site import Site, picture
from playwright.sync_api import Browser, Locator, Page, expect
from test_gallery import complaints

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def agenda(page: Page, site: Site) -> Page:
    page.goto(f"{site.address}/agenda")
    expect(page.locator('[role="grid"]')).to_be_visible()
    return page


def focused(page: Page) -> str:
    """The key of the cell that has the focus, or the label of the day."""
    key: str = page.evaluate(
        """() => document.activeElement.closest('[data-cell]')?.dataset.cell
             ?? document.activeElement.dataset.dayLabel ?? document.activeElement.tagName"""
    )
    return key


def words_in_focus(page: Page) -> str:
    words: str = page.evaluate("document.activeElement.textContent")
    return words


def chip(page: Page, key: str) -> Locator:
    return page.locator(f'[data-cell="{key}"] [data-chip]')


CANTEEN_26 = "lou_canteen_2026-11-26"
EVENING_26 = "lou_evening_2026-11-26"


def test_the_grid_is_one_tab_stop_and_it_is_today(agenda: Page) -> None:
    assert agenda.locator('[role="grid"] [tabindex="0"]').count() == 1
    agenda.locator('.month-nav a[rel="next"]').focus()
    agenda.keyboard.press("Tab")
    assert focused(agenda) == "lou_canteen_2026-11-24"
    agenda.keyboard.press("Tab")
    assert not focused(agenda).startswith("lou_")


@pytest.mark.parametrize(
    ("keys", "arrives"),
    [
        (["ArrowRight"], "lou_canteen_2026-11-27"),
        (["ArrowLeft"], "lou_day_2026-11-25"),
        (["ArrowDown"], EVENING_26),
        (["ArrowDown", "ArrowDown"], "lou_canteen_2026-12-03"),
        (["ArrowUp"], "lou_canteen_2026-11-19"),
        (["Home"], "lou_canteen_2026-11-23"),
        (["End"], "lou_canteen_2026-11-27"),
        (["End", "ArrowRight"], "lou_canteen_2026-11-30"),
        (["Control+Home"], "lou_canteen_2026-11-02"),
        (["Control+End"], "lou_canteen_2026-12-04"),
    ],
)
def test_arrows_walk_the_days(agenda: Page, keys: list[str], arrives: str) -> None:
    chip(agenda, CANTEEN_26).focus()
    for key in keys:
        agenda.keyboard.press(key)
    assert focused(agenda) == arrives
    assert agenda.locator('[role="grid"] [tabindex="0"]').count() == 1


def test_days_with_nothing_can_be_walked_through(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/agenda-saturday")
    chip(page, "lou_canteen_2026-11-06").focus()
    page.keyboard.press("ArrowRight")
    assert focused(page) == "samedi 7 novembre"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "samedi 14 novembre"


@pytest.mark.parametrize(("key", "month"), [("PageUp", "2026-10"), ("PageDown", "2026-12")])
def test_pages_turn_by_following_the_links(agenda: Page, key: str, month: str) -> None:
    asked: list[str] = []
    agenda.on("request", lambda request: asked.append(request.url))
    chip(agenda, CANTEEN_26).focus()
    with agenda.expect_navigation(url=re.compile(month)):
        agenda.keyboard.press(key)
    assert focused(agenda) == CANTEEN_26
    expect(agenda.locator("#annonces")).to_have_text("Novembre 2026")


@pytest.mark.parametrize("key", ["Enter", " ", "ContextMenu", "Shift+F10"])
def test_keys_open_the_menu_and_escape_returns(agenda: Page, key: str) -> None:
    chip(agenda, EVENING_26).focus()
    agenda.keyboard.press(key)
    menu = agenda.locator('[role="menu"]')
    expect(menu).to_be_visible()
    expect(agenda.locator(".popup-heading")).to_have_text(
        "Jeudi 26 novembre, Soir\u00a0: disponible"
    )
    expect(agenda.locator(".popup-explanation")).to_contain_text("mercredi 25 novembre, 10\u00a0h")
    assert words_in_focus(agenda).startswith("Demande de réservation")
    assert complaints(agenda) == []
    agenda.keyboard.press("ArrowDown")
    assert words_in_focus(agenda) == "Voir la journée"
    agenda.keyboard.press("End")
    agenda.keyboard.press("ArrowDown")
    assert words_in_focus(agenda).startswith("Demande")
    agenda.keyboard.press("v")
    assert words_in_focus(agenda) == "Voir la journée"
    agenda.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    assert focused(agenda) == EVENING_26


def test_a_click_and_a_right_click_open_it_and_a_click_elsewhere_closes_it(agenda: Page) -> None:
    chip(agenda, EVENING_26).click()
    expect(agenda.locator('[role="menu"]')).to_be_visible()
    agenda.mouse.click(5, 400)
    expect(agenda.locator('[role="menu"]')).to_be_hidden()
    chip(agenda, EVENING_26).click(button="right")
    expect(agenda.locator('[role="menu"]')).to_be_visible()
    picture(agenda, "menu-1280", whole=False)


def test_a_right_click_on_the_day_means_its_nearest_slot(agenda: Page) -> None:
    day = agenda.locator('.day:has([data-cell="lou_day_2026-11-25"])')
    day.click(button="right", position={"x": 150, "y": 12})
    expect(agenda.locator(".popup-heading")).to_contain_text("Mercredi 25 novembre, Journée")


def test_where_nothing_can_be_done_the_menu_says_why(agenda: Page) -> None:
    chip(agenda, "lou_evening_2026-11-24").click()
    expect(agenda.locator(".popup-explanation")).to_have_text(
        "La limite était le lundi 23 novembre, 10\u00a0h."
    )
    assert agenda.locator('[role="menuitem"]').first.inner_text() == "Voir la journée"


def choose(page: Page, key: str, label: str) -> None:
    chip(page, key).click()
    page.locator('[role="menuitem"]', has_text=label).click()
    expect(page.locator("dialog")).to_be_visible()


def test_a_request_is_confirmed_sent_once_and_shown(agenda: Page, site: Site) -> None:
    site.delay = 0.3
    choose(agenda, EVENING_26, "Demande de réservation")
    expect(agenda.locator("#agenda-dialog-subject")).to_have_text(
        "Soir – jeudi 26 novembre – 7,50\u00a0€"
    )
    assert complaints(agenda) == []
    picture(agenda, "dialog-1280", whole=False)
    confirm = agenda.locator('dialog [value="confirm"]')
    confirm.dblclick(no_wait_after=True)
    expect(confirm).to_be_disabled()
    expect(agenda.locator("dialog")).to_be_hidden()
    cell = agenda.locator(f'[data-cell="{EVENING_26}"]')
    expect(cell).to_have_attribute("data-state", "requested")
    expect(agenda.locator("#annonces")).to_have_text("Votre demande est enregistrée")
    assert focused(agenda) == EVENING_26
    assert len(site.posts) == 1
    sent = site.posts[0]
    assert sent["fragment"] == "cell"
    assert sent["form_token"] == "jeton"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab].*", sent["request_id"])


def test_giving_up_sends_nothing(agenda: Page, site: Site) -> None:
    choose(agenda, EVENING_26, "Demande de réservation")
    agenda.keyboard.press("Escape")
    expect(agenda.locator("dialog")).to_be_hidden()
    assert focused(agenda) == EVENING_26
    choose(agenda, EVENING_26, "Demande de réservation")
    agenda.locator('dialog [value="dismiss"]').click()
    expect(agenda.locator("dialog")).to_be_hidden()
    assert site.posts == []


def test_an_absence_asks_for_its_reason(agenda: Page, site: Site) -> None:
    choose(agenda, CANTEEN_26, "Déclarer une absence")
    agenda.locator('dialog [value="confirm"]').click()
    assert site.posts == []
    agenda.select_option("#motif-menu", "other")
    agenda.locator('dialog [value="confirm"]').click()
    assert site.posts == []
    agenda.fill("#precisions-menu", "Rendez-vous")
    agenda.locator('dialog [value="confirm"]').click()
    cell = agenda.locator(f'[data-cell="{CANTEEN_26}"]')
    expect(cell).to_have_attribute("data-state", "absence_declared")
    assert site.posts[0]["reason"] == "other"
    assert site.posts[0]["reason_text"] == "Rendez-vous"


def test_when_fetch_fails_the_form_goes_plainly_with_the_same_id(agenda: Page, site: Site) -> None:
    agenda.route("**/cells/**", lambda route: (
        route.abort() if route.request.headers.get("x-fragment") else route.continue_()
    ))  # fmt: skip
    choose(agenda, EVENING_26, "Demande de réservation")
    shown = agenda.locator("#geste [data-request-id]").input_value()
    with agenda.expect_navigation():
        agenda.locator('dialog [value="confirm"]').click()
    assert agenda.locator("h1").inner_text() == "Page entière"
    assert [post["request_id"] for post in site.posts] == [shown]


def test_who_is_told_when_its_turn_comes_waits_for_it_and_sends_the_same_request(
    agenda: Page, site: Site
) -> None:
    site.answer = "in turn"
    choose(agenda, EVENING_26, "Demande de réservation")
    agenda.locator('dialog [value="confirm"]').click()
    expect(agenda.locator("#annonces")).to_contain_text("Votre tour vient dans 1 seconde")
    cell = agenda.locator(f'[data-cell="{EVENING_26}"]')
    expect(cell).to_have_attribute("data-state", "requested")
    first, second = site.posts
    assert first == second


def test_an_ended_session_is_left_to_the_browser(agenda: Page, site: Site) -> None:
    site.answer = "redirect"
    choose(agenda, EVENING_26, "Demande de réservation")
    with agenda.expect_navigation():
        agenda.locator('dialog [value="confirm"]').click()
    ids = {post["request_id"] for post in site.posts}
    assert len(site.posts) == 2
    assert len(ids) == 1


def test_a_decision_taken_elsewhere_appears_and_keeps_the_focus(agenda: Page, site: Site) -> None:
    agenda.wait_for_function(
        "performance.getEntriesByType('resource').some(e => e.name.includes('live'))"
    )
    chip(agenda, "lou_day_2026-11-25").focus()
    agenda.wait_for_timeout(300)
    site.states["lou_day_2026-11-25"] = "booked"
    site.push("request", json.dumps({"child_id": "lou", "days": ["2026-11-25"]}))
    cell = agenda.locator('[data-cell="lou_day_2026-11-25"]')
    expect(cell).to_have_attribute("data-state", "booked")
    expect(agenda.locator("#annonces")).to_contain_text("Mise à jour")
    assert focused(agenda) == "lou_day_2026-11-25"
    site.push("counts", json.dumps({"requests": 2, "messages": 0}))
    expect(agenda.locator('.bar [data-count="requests"]')).to_have_text("2")
    expect(agenda.locator('.bar [data-count="messages"]')).to_be_hidden()


def test_without_events_the_page_asks(page: Page, site: Site) -> None:
    page.clock.install()
    page.route("**/direct", lambda route: route.fulfill(status=503))
    page.route("**/direct/recent*", lambda route: route.fulfill(json={
        "cursor": "7", "counts": {"messages": 9}, "changes": []}))  # fmt: skip
    page.goto(f"{site.address}/agenda")
    with page.expect_response("**/direct/recent*"):
        page.clock.run_for(25_000)
    expect(page.locator('.bar [data-count="messages"]')).to_have_text("9")


def test_a_long_press_opens_the_menu_on_a_phone(browser: Browser, site: Site) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"{site.address}/agenda")
    target = chip(page, EVENING_26)
    target.scroll_into_view_if_needed()
    target.dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    expect(page.locator('[role="menu"]')).to_be_visible()
    picture(page, "menu-360", whole=False)
    assert complaints(page) == []
    page.keyboard.press("Escape")
    page.locator(f'[data-cell="{EVENING_26}"] button[data-action]').tap()
    expect(page.locator("dialog")).to_be_visible()
    picture(page, "dialog-360", whole=False)
    page.locator('dialog [value="confirm"]').tap()
    expect(page.locator(f'[data-cell="{EVENING_26}"]')).to_have_attribute("data-state", "requested")
    page.locator(".more > summary").tap()
    picture(page, "more-360", whole=False)
    assert complaints(page) == []
    context.close()
