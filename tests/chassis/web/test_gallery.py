"""Every page of the gallery in a browser: widths, light and dark, axe, no sideways scroll.

Pictures are left in the folder that $PORTAIL_GALLERY names, for eyes to judge.
"""

import gallery
import pytest
from axe_playwright_python.sync_playwright import Axe
from gallery_site import Site, picture
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = {360: 780, 768: 1000, 1280: 900}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def complaints(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def overflow(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width


def test_axe_does_find_what_is_wrong(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/home")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x>')")
    page.evaluate("document.querySelector('.lead').style.color = '#cccccc'")
    found = " ".join(complaints(page))
    assert "image-alt" in found
    assert "color-contrast" in found


# A tablet adds no colours to those of the phone and of the desk: only its width is looked at.
@pytest.mark.parametrize(
    ("width", "scheme"),
    [(360, "light"), (360, "dark"), (768, "light"), (1280, "light"), (1280, "dark")],
)
def test_every_page_passes(browser: Browser, site: Site, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale="fr-FR",
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    for name in gallery.scenes():
        page.goto(f"{site.address}/{name}")
        picture(page, f"{name}-{width}-{scheme}")
        assert overflow(page) <= 0, name
        assert width == 768 or complaints(page) == [], name
    context.close()
    # A breach of the security policy is an error of the console too.
    assert faults == []


@pytest.mark.parametrize("name", ["home", "agenda", "queue", "form"])
def test_200_percent_zoom_hides_nothing_sideways(browser: Browser, site: Site, name: str) -> None:
    # A window of 1280 at 200 % lays out as 640 CSS pixels with twice the pixel density;
    # the second case is larger text alone, which the reader asks for in the settings.
    context = browser.new_context(
        viewport={"width": 640, "height": 450}, device_scale_factor=2, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{site.address}/{name}")
    assert overflow(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert overflow(page) <= 0
    picture(page, f"{name}-text-200")
    hidden = page.evaluate(
        """() => [...document.querySelectorAll('.side, .board-list, .board-detail, .card, .day')]
           .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className)"""
    )
    assert hidden == []
    context.close()


@pytest.mark.parametrize("name", ["agenda", "home", "queue"])
def test_forced_colours_and_paper_can_be_looked_at(browser: Browser, site: Site, name: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, forced_colors="active")
    page = context.new_page()
    page.goto(f"{site.address}/{name}")
    picture(page, f"{name}-forced")
    edge = page.evaluate("getComputedStyle(document.querySelector('.chip')).borderTopStyle")
    assert edge in ("solid", "dashed")
    context.close()
    context = browser.new_context(viewport={"width": 680, "height": 960})
    page = context.new_page()
    page.goto(f"{site.address}/{name}")
    page.emulate_media(media="print")
    picture(page, f"{name}-print")
    assert not page.locator(".bar, .tabs").first.is_visible() if name != "queue" else True
    context.close()


@pytest.mark.parametrize("name", ["home", "agenda", "form", "sign-in", "empty"])
def test_targets_of_a_phone_are_big_enough(browser: Browser, site: Site, name: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 780}, has_touch=True)
    page = context.new_page()
    page.goto(f"{site.address}/{name}")
    small = page.evaluate(
        """() => [...document.querySelectorAll(
             '.button, .button-quiet, .button-small, .pill, .tabs-list > li > a, summary, select')]
           .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44)
           .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert small == []
    context.close()


@pytest.mark.parametrize("name", ["agenda", "home", "day"])
def test_pages_can_be_used_with_no_script(browser: Browser, site: Site, name: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 780}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/{name}")
    if name == "agenda":
        page.click("text=Semaine du >> nth=0")
        page.click('.week-jump a:has-text("30")')
        assert page.locator("#semaine-2026-11-30").is_visible()
        assert not page.locator("#semaine-2026-11-23").is_visible()
        page.click('.week-jump a:has-text("23")')
        page.click("button:has-text('Réserver')")
        assert page.locator("h1").inner_text() == "Page entière"
        assert site.posts[-1]["cell"].startswith("lou_")
    else:
        assert page.locator("main").is_visible()
    context.close()
