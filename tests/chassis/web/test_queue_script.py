"""The console by keyboard, and forms that are sent once and keep their text."""

import pytest
from gallery_site import Site, picture
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def queue(page: Page, site: Site) -> Page:
    page.goto(f"{site.address}/queue")
    expect(page.locator("[data-queue-keys]")).to_be_visible()
    return page


def selected(page: Page) -> str | None:
    return page.locator(".queue-row.selected").get_attribute("data-queue-row")


def test_j_and_k_walk_and_bring_the_detail(queue: Page) -> None:
    queue.keyboard.press("j")
    assert selected(queue) == "r1343"
    expect(queue.locator("[data-request]")).to_have_attribute("data-request", "r1343")
    queue.keyboard.press("k")
    queue.keyboard.press("K")
    assert selected(queue) == "r1187"
    expect(queue.locator("[data-request]")).to_have_attribute("data-request", "r1187")
    assert queue.evaluate("document.activeElement.textContent") == "D-2026-01187"


def test_a_accepts_what_is_on_show(queue: Page, site: Site) -> None:
    with queue.expect_navigation():
        queue.keyboard.press("a")
    assert site.posts[0]["path"] == "/console/demandes/1342/accepter"
    assert site.posts[0]["version"] == "1"


def test_r_opens_the_refusal_and_keys_are_then_letters(queue: Page, site: Site) -> None:
    queue.keyboard.press("r")
    field = queue.locator("#refuse-reason")
    expect(field).to_be_focused()
    queue.keyboard.type("ajark")
    assert field.input_value() == "ajark"
    assert site.posts == []
    picture(queue, "refuse-1280")


def test_keys_can_be_switched_off_and_stay_off(queue: Page, site: Site) -> None:
    queue.locator("[data-queue-keys-switch]").uncheck()
    queue.keyboard.press("a")
    queue.keyboard.press("j")
    assert selected(queue) == "r1342"
    queue.reload()
    assert not queue.locator("[data-queue-keys-switch]").is_checked()
    assert site.posts == []


def test_a_click_anywhere_in_a_row_shows_it(queue: Page) -> None:
    queue.locator('[data-queue-row="r1346"] .queue-object').click()
    expect(queue.locator("[data-request]")).to_have_attribute("data-request", "r1346")


def test_ticked_rows_are_counted(queue: Page) -> None:
    for box in queue.locator("[name=selected]").all()[:2]:
        box.check()
    expect(queue.locator("[data-selection-count]")).to_have_text("2 cochées")


def test_a_form_is_sent_once(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/form")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    page.fill("#phone", "04 76 00 11 22")
    twice = "const b = document.querySelector('main form [type=submit]'); b.click(); b.click();"
    with page.expect_request("**/mon-compte"):
        page.evaluate(f"setTimeout(() => {{ {twice} }}, 50)")
    page.wait_for_timeout(300)
    assert len(sent) == 1


def test_text_comes_back_only_when_the_session_ended(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/form")
    page.fill("#words", "Bonjour")
    page.goto(f"{site.address}/home")
    page.goto(f"{site.address}/form")
    assert page.input_value("#words") == ""
    page.fill("#words", "Bonjour")
    page.goto(f"{site.address}/sign-in")
    page.goto(f"{site.address}/form")
    assert page.input_value("#words") == "Bonjour"


def test_the_summary_of_errors_has_the_focus(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/form")
    expect(page.locator(".error-summary")).to_be_focused()
